// The least that any program on Node does for an answer of a server: one POST, its JSON read and printed.

const { request } = require('node:http');

const body = 'token=x';
const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
const asking = request(process.argv[2], { method: 'POST', headers }, (response) => {
  let text = '';
  response.on('data', (chunk) => {
    text += chunk;
  });
  response.on('end', () => process.stdout.write(`${JSON.stringify(JSON.parse(text))}\n`));
});
asking.end(body);
