// Who may import whom; the map is docs/architecture.md. Run by test/floors.test.ts.
const rooms = [
  'contracts',
  'runtime',
  'generator',
  'streaming',
  'lake',
  'sql',
  'dags',
  'infra',
  'emulators',
  'cli',
  'bench',
  'test',
];

/** A room may import itself, npm packages, Node, and the faces of the rooms named here. */
const mayImport = {
  contracts: [],
  runtime: [],
  lake: ['runtime'],
  sql: ['contracts', 'runtime'],
  generator: ['contracts', 'runtime'],
  streaming: ['contracts', 'runtime', 'lake'],
  dags: ['contracts', 'runtime', 'sql'],
  infra: ['contracts', 'runtime', 'sql', 'dags', 'lake'],
  emulators: ['runtime'],
};

const floors = Object.entries(mayImport).map(([room, below]) => ({
  name: `floor-${room}`,
  severity: 'error',
  from: { path: `^${room}/` },
  to: { path: `^(${rooms.filter((other) => other !== room && !below.includes(other)).join('|')})/` },
}));

export default {
  forbidden: [
    ...floors,
    {
      name: 'contracts-are-pure',
      comment: 'The same bundle runs in QuickJS inside Beam: no Node API, no package.',
      severity: 'error',
      from: { path: '^contracts/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'] },
    },
    {
      name: 'one-face-per-room',
      comment: 'Import index.ts, or the file that stands directly in the room, never a file deeper inside.',
      severity: 'error',
      from: { path: '^([^/]+)/' },
      to: {
        path: `^(${rooms.join('|')})/[^/]+/`,
        pathNot: ['^$1/', '^emulators/[^/]+/index\\.ts$', '^infra/(definition|stacks|local)/index\\.ts$'],
      },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules|cdktf\\.out|\\.orderlake)/' },
  },
};
