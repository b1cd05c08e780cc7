// npm run conformance -- pubsub|storage [--against HOST] …: asks a server what the service of that name would do.
// Without a name, each of our own is asked in turn.
const suites = {
  pubsub: () => import('./pubsub/conformance/main.ts'),
  storage: () => import('./storage/conformance/main.ts'),
};

const [name = '', ...words] = process.argv.slice(2);
if (Object.hasOwn(suites, name)) {
  process.argv = [...process.argv.slice(0, 2), ...words];
  await suites[name as keyof typeof suites]();
} else if (name === '') {
  for (const suite of Object.values(suites)) await suite();
} else {
  process.stderr.write(`Expected ${Object.keys(suites).join(' or ')} first, got ${name}.\n`);
  process.exitCode = 2;
}
