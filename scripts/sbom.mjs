// The SBOM of the package (CycloneDX 1.6, JSON): what is bundled, which `npm sbom` cannot know, because it sees nothing but
// development dependencies. Read from dist/metafile.json, the lockfile and the package.json of each package.
//   node scripts/sbom.mjs            to stdout
//   node scripts/sbom.mjs FILE       to a file
// Invariant: the same build gives the same bytes (no time, no serial number), and what is written is valid by the schema.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Contrib, Enums, Models, Serialize, Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { bundledPackages } from './licences.mjs';

const { ComponentType } = Enums;
const { Builders, Factories, Utils } = Contrib.FromNodePackageJson;

/** An expression is used as it stands; what is none of SPDX's words is a name (and shows up as one). */
const assertExpression = (text) => {
  if (!/^\(?[\w.+-]+(?: (?:AND|OR|WITH) [\w.+-]+)+\)?$/.test(text)) throw new Error('no SPDX expression');
};

const builder = new Builders.ComponentBuilder(
  new Factories.ExternalReferenceFactory(),
  new Contrib.License.Factories.LicenseFactory(assertExpression),
);

const purlOf = ({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

function component(manifest, type) {
  const made = builder.makeComponent(manifest, type);
  made.purl = purlOf(manifest);
  made.bomRef.value = made.purl;
  return made;
}

/** A bundled package, with the hash of the archive that it came in. */
function bundled(path, { root, lock }) {
  const made = component(JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')), ComponentType.Library);
  const integrity = lock.packages[path]?.integrity;
  if (integrity === undefined) throw new Error(`${path} is bundled and not in the lockfile`);
  made.hashes.set(...Utils.parsePackageIntegrity(integrity));
  return made;
}

/** Who imports whom, by the files that were bundled: `''` is tokctl itself. */
function edges({ inputs }, packages) {
  const packageOf = (file) => packages.findLast((path) => file.startsWith(`${path}/`)) ?? '';
  const found = new Map();
  for (const [file, { imports }] of Object.entries(inputs))
    for (const { path, external } of imports) {
      const [from, to] = [packageOf(file), packageOf(path)];
      if (external !== true && to !== '' && from !== to) found.set(from, (found.get(from) ?? new Set()).add(to));
    }
  const imported = new Set([...found.values()].flatMap((set) => [...set]));
  // What is bundled by itself first, such as the server of the playground, is imported by no file.
  const own = packages.filter((path) => !imported.has(path));
  return found.set('', new Set([...(found.get('') ?? []), ...own]));
}

/** The SBOM of the build in `root`, as JSON. @throws Error when the schema refuses it */
export async function sbomOf(root) {
  const read = (name) => JSON.parse(readFileSync(join(root, name), 'utf8'));
  const [manifest, metafile, lock] = ['package.json', 'dist/metafile.json', 'package-lock.json'].map(read);
  const paths = bundledPackages(metafile);
  const components = new Map(paths.map((path) => [path, bundled(path, { root, lock })]));
  const tokctl = component(manifest, ComponentType.Application);
  for (const [from, to] of edges(metafile, paths)) {
    const { dependencies } = from === '' ? tokctl : components.get(from);
    for (const path of to) dependencies.add(components.get(path).bomRef);
  }
  const bom = new Models.Bom({
    components: new Models.ComponentRepository(components.values()),
    metadata: new Models.Metadata({ component: tokctl }),
  });
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  const text = serializer.serialize(bom, { sortLists: true, space: 2 });
  const fault = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
  if (fault !== null) throw new Error(`the SBOM is not valid: ${JSON.stringify(fault)}`);
  return `${text}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , target] = process.argv;
  const text = await sbomOf(process.cwd());
  if (target === undefined) process.stdout.write(text);
  else writeFileSync(target, text);
}
