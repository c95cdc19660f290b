// No file imports itself by a detour, types included: every part can be read from below without the rest.
import { expect, test } from 'vitest';
import { houseFiles, imports } from './source.ts';

/** The first cycle found in a graph, as the path that returns to its start; empty when there is none. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const visit = (at: string, path: readonly string[]): readonly string[] => {
    if (path.includes(at)) return [...path.slice(path.indexOf(at)), at];
    if (done.has(at)) return [];
    done.add(at);
    for (const next of graph.get(at) ?? []) {
      const cycle = visit(next, [...path, at]);
      if (cycle.length > 0) return cycle;
    }
    return [];
  };
  for (const start of graph.keys()) {
    const cycle = visit(start, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

test('no imports go round in a circle', () => {
  expect(findCycle(new Map(houseFiles().map((path) => [path, imports(path)])))).toEqual([]);
});

test('a circle would be found', () => {
  const graph = new Map([
    ['a', ['b', 'c']],
    ['b', []],
    ['c', ['d']],
    ['d', ['c']],
  ]);
  expect(findCycle(graph)).toEqual(['c', 'd', 'c']);
});
