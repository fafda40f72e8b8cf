import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as golden from './golden';

// The compiler holds golden.ts against wire.ts. What is left to see is that its
// frames are those that the Go tests decode and encode again byte for byte.
const root = join(import.meta.dirname, '../../../shared/protocol/testdata/golden');

describe.each(Object.entries(golden))('the golden %s', (folder, frames) => {
  const written = Object.fromEntries(
    readdirSync(join(root, folder)).map((file) => [
      file.replace(/\.json$/, ''),
      JSON.parse(readFileSync(join(root, folder, file), 'utf8')) as unknown,
    ]),
  );

  it('are those that the service is tested with', () => {
    expect(frames).toEqual(written);
  });
});
