import { canonicalJson } from '../base/canonical-json.ts';
import { err, InputError, type Result } from '../base/result.ts';
import { parseJson } from '../base/schema.ts';
import { parseScenario, type Scenario } from './scenario.ts';

/** Fragments start with this: the version of what follows. */
const PREFIX = 's1.';
const MAX_FRAGMENT_CHARACTERS = 64 * 1024;
/** A few kilobytes can inflate to gigabytes: stop reading here. */
const MAX_TEXT_BYTES = 2 ** 20;
const PLACE = 'link';

/** The scenario as URL fragment text: canonical JSON, deflated, base64url. Nothing leaves the machine. */
export async function encodeScenario(scenario: Scenario): Promise<string> {
  const text = new TextEncoder().encode(canonicalJson(scenario));
  const packed = await collect(
    new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw')),
    text.length + 64,
  );
  return PREFIX + toBase64Url(packed ?? new Uint8Array());
}

/** The scenario of a fragment, with or without its `#`. */
export async function decodeScenario(fragment: string): Promise<Result<Scenario>> {
  const refuse = (problem: string): Result<Scenario> => err(new InputError(PLACE, problem));
  const text = fragment.replace(/^#/, '');
  if (text.length > MAX_FRAGMENT_CHARACTERS)
    return refuse(`expected at most ${MAX_FRAGMENT_CHARACTERS} characters`);
  if (!text.startsWith(PREFIX)) return refuse(`expected a fragment that starts with ${PREFIX}`);
  const packed = fromBase64Url(text.slice(PREFIX.length));
  if (packed === undefined) return refuse('expected base64url after its prefix');
  let bytes: Uint8Array | undefined;
  try {
    const inflated = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    bytes = await collect(inflated, MAX_TEXT_BYTES);
  } catch {
    return refuse('is damaged: it does not inflate');
  }
  if (bytes === undefined) return refuse(`inflates to more than ${MAX_TEXT_BYTES} bytes`);
  const json = parseJson(new TextDecoder().decode(bytes), PLACE);
  return json.ok ? parseScenario(json.value, PLACE) : json;
}

/** All bytes of a stream, or nothing once there are more than `limit`. */
async function collect(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array | undefined> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function toBase64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]*$/.test(text)) return undefined;
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
      character.charCodeAt(0),
    );
  } catch {
    return undefined;
  }
}
