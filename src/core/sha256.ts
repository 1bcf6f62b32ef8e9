// SHA-256 (FIPS 180-4 §6.2) for the fingerprint of a token in a report. It is here because loading node:crypto takes half
// of the time that `tokctl decode` has. Invariant: nothing is protected by it; keys and signatures are the business of
// node:crypto and jose.

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const K = roots(64, Math.cbrt);

/** The first 32 bits of the fractional parts of the square roots of the first 8 primes. */
const START = roots(8, Math.sqrt);

function roots(count: number, root: (prime: number) => number): Uint32Array {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate += 1)
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  return Uint32Array.from(found, (prime) => (root(prime) % 1) * 2 ** 32);
}

/** The SHA-256 of some bytes, as 64 hexadecimal digits. */
export function sha256Hex(bytes: Uint8Array): string {
  const state = START.slice();
  const message = padded(bytes);
  const schedule = new Uint32Array(64);
  for (let at = 0; at < message.byteLength; at += 64) {
    expand(schedule, message, at);
    compress(state, schedule);
  }
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('');
}

/** A one, zeros, and the length in bits, up to a whole number of blocks (§5.1.1). */
function padded(bytes: Uint8Array): DataView {
  const message = new Uint8Array((((bytes.length + 8) >> 6) + 1) << 6);
  message.set(bytes);
  message[bytes.length] = 0x80;
  const view = new DataView(message.buffer);
  view.setBigUint64(message.length - 8, BigInt(bytes.length) * 8n);
  return view;
}

const rotated = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

function expand(schedule: Uint32Array, message: DataView, at: number): void {
  const word = (index: number): number => schedule[index] ?? 0;
  for (let t = 0; t < 16; t += 1) schedule[t] = message.getUint32(at + 4 * t);
  for (let t = 16; t < 64; t += 1) {
    const [far, near] = [word(t - 15), word(t - 2)];
    const s0 = rotated(far, 7) ^ rotated(far, 18) ^ (far >>> 3);
    const s1 = rotated(near, 17) ^ rotated(near, 19) ^ (near >>> 10);
    schedule[t] = word(t - 16) + s0 + word(t - 7) + s1;
  }
}

function compress(state: Uint32Array, schedule: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let t = 0; t < 64; t += 1) {
    const s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const one = (h + s1 + ((e & f) ^ (~e & g)) + (K[t] ?? 0) + (schedule[t] ?? 0)) | 0;
    const s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] = (state[index] ?? 0) + word;
  });
}
