import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/base/result.ts';
import { collectiveCommand } from '../../../src/cli/commands/collective.ts';

const context = { note: () => undefined };

async function run(line: string) {
  const { json, text } = await collectiveCommand.run(line.split(' '), context);
  // Figures and units are joined by spaces that do not break.
  return { json: json as Record<string, unknown>, text: text.replace(/[^\S\n]/g, ' ') };
}

const CUBE = '--chip v5p --slice 8x8x8 --bytes 4000000000';

describe('systole collective', () => {
  it.each([
    ['8x8x8', 'closed-form', 1.01],
    ['8x8x8', 'flow', 1.01],
    ['4x8x16', 'closed-form', 1.03],
    ['4x8x16', 'flow', 1.03],
    ['16x24x24', 'closed-form', 1.02],
    ['16x24x24', 'flow', 1.02],
  ])('all-reduces 4 GB on v5p %s by %s within %d of the bound', async (slice, model, most) => {
    const { json } = await run(
      `all-reduce --chip v5p --slice ${slice} --bytes 4000000000 --axes xyz --model ${model}`,
    );
    const chips = slice.split('x').reduce((total, extent) => total * Number(extent), 1);
    expect(json.lowerBoundSeconds).toBeCloseTo((2 * (chips - 1) * 4e9) / (chips * 6 * 9e10), 12);
    const ratio = Number(json.seconds) / Number(json.lowerBoundSeconds);
    expect(ratio).toBeGreaterThanOrEqual(1);
    expect(ratio).toBeLessThanOrEqual(most);
    expect(Object.keys(json)).toEqual(expect.arrayContaining(['algorithm', 'links']));
    expect(json.links).toMatchObject({ count: chips * 6, busiest: expect.any(Array) });
  });

  it('runs small slices flit by flit and refuses large ones', async () => {
    const { json } = await run('all-gather --chip v5p --slice 4x4x4 --bytes 20000000 --model flit');
    expect(Number(json.seconds)).toBeGreaterThanOrEqual(Number(json.lowerBoundSeconds));
    await expect(run(`all-reduce ${CUBE} --model flit`)).rejects.toThrow(/zoom for small networks/);
  });

  it('tells the slowdown where a cable or a chip is missing, and its cause', async () => {
    const cable = await run(`all-reduce ${CUBE} --without 0,0,0+x`);
    expect(cable.json).toMatchObject({ links: { count: 3070 } });
    expect(cable.json.slowdown).toBeCloseTo(Number(cable.json.seconds) / Number(cable.json.wholeSeconds), 12);
    expect(cable.text).toMatch(/^slowdown +1\.2\d\d times the 14\.79 ms with nothing missing$/m);
    expect(cable.text).toMatch(/^because +a link is missing along x/m);
    const chip = await run(`all-reduce ${CUBE} --without 1,2,3`);
    expect(chip.json).toMatchObject({ links: { count: 3072 - 12 } });
    expect(Number(chip.json.slowdown)).toBeGreaterThan(1.19);
  });

  it('goes over several slices and says which network holds it up', async () => {
    const { json, text } = await run('all-reduce --chip v5p --slice 4x4x4 --slices 4 --bytes 4000000000');
    expect(json.lowerBoundSeconds).toBeCloseTo((1.5 * 4e9) / 64 / 6.25e9, 12);
    expect(Number(json.seconds) / Number(json.lowerBoundSeconds)).toBeLessThan(1.05);
    expect(json).toMatchObject({
      bottleneck: 'dcn',
      dcn: { slices: 4, limitedBy: 'dcn', latencySeconds: 10e-6 },
    });
    expect(text).toMatch(/^bottleneck +DCN: by themselves/m);
    const flow = await run('all-reduce --chip v5p --slice 4x4x4 --slices 4 --bytes 4000000000 --model flow');
    expect(Number(flow.json.seconds) / Number(json.seconds)).toBeCloseTo(1, 1);
    const inside = await run('all-reduce --chip v5p --slice 4x4x4 --slices 4 --bytes 4000000000 --axes xyz');
    const one = await run('all-reduce --chip v5p --slice 4x4x4 --bytes 4000000000');
    expect(inside.json).toEqual(one.json);
    const alone = await run('collective-permute --chip v5p --slice 4x4x4 --slices 2 --bytes 6250000');
    expect(alone.json.seconds).toBeCloseTo(1e-3 + 10e-6, 9);
  });

  it.each([
    ['--slices 0', /--slices: expected a number from 1 to 1024/],
    ['--slices 2.5', /--slices: expected a whole number/],
    ['--slices 1024', /slices: expected at most 131072 chips in all/],
    ['--axes xyz+dcn', /--axes: dcn needs several slices/],
    ['--slices 2 --axes q+dcn', /--axes: expected letters of xyz/],
    ['--slices 2 --axes dcn+x', /--axes: expected letters of xyz/],
    ['--slices 2 --model flit', /flit is for one slice/],
    ['--slices 2 --beside all-gather,1', /--slices: has no meaning with --beside/],
  ])('refuses %s', async (options, message) => {
    await expect(run(`all-reduce ${CUBE} ${options}`)).rejects.toThrow(message);
  });

  it('says who slows whom when others are on the same links', async () => {
    const { json, text } = await run(
      'all-gather --chip v5p --slice 4x4x4 --bytes 1000000000 --axes x --beside all-gather,1000000000,x --beside all-gather,1000000000,y,50',
    );
    const jobs = json.jobs as {
      label: string;
      seconds: number;
      aloneSeconds: number;
      startSeconds: number;
    }[];
    expect(jobs.map(({ label }) => label)).toEqual(['1 all-gather x', '2 all-gather x', '3 all-gather y']);
    expect(jobs[0].seconds / jobs[0].aloneSeconds).toBeGreaterThan(1.98);
    expect(jobs[2].seconds / jobs[2].aloneSeconds).toBeCloseTo(1, 6);
    expect(jobs[2].startSeconds).toBe(5e-5);
    expect(text).toMatch(/Most is waited for on \(0,0,0\) \+x: it is full and shared for/);
  });

  it('names the flows over the worst links of one collective', async () => {
    const { json, text } = await run('all-to-all --chip v5p --slice 4x4x8 --bytes 100000000 --links');
    const { worst } = json.links as {
      worst: { link: string; bytes: number; flowCount: number; flows: { source: string; bytes: number }[] }[];
    };
    expect(worst[0]).toMatchObject({ link: '(0,0,0) +z', bytes: 1e8, flowCount: 128 });
    expect(worst[0].flows[0]).toMatchObject({ label: '1 all-to-all xyz', bytes: 1e8 / 128 });
    expect(text).toMatch(/^\(0,0,0\) \+z +full and shared for 99\.3 % of the time, 128 flows: /m);
    expect(text).toMatch(/it carries 1\.5 times what a link does on the mean\.$/);
  });

  it("sends from chip to chip by name, the book's corner to corner among them", async () => {
    const { json } = await run('collective-permute --chip v5e --slice 4x4 --bytes 16777216 --pair 0,0:3,3');
    expect(Number(json.seconds)).toBeCloseTo(5e-6 + 16777216 / 9e10, 9);
    expect(json.links).toMatchObject({ busiest: expect.arrayContaining([]) });
  });

  it('plans groups of chips by name as the axes that they span, or chip by chip', async () => {
    const rows = (names: readonly string[]): string => names.map((name) => `--group ${name}`).join(' ');
    const line = '--chip v5e --slice 2x2 --bytes 1000000';
    const named = await run(`all-gather ${line} ${rows(['0,0:1,0', '0,1:1,1'])}`);
    const spanned = await run(`all-gather ${line} --axes x`);
    expect(named.json).toEqual(spanned.json);
    const odd = await run(`all-gather ${line} ${rows(['0,0:1,1'])}`);
    expect(odd.json.algorithm).toMatch(/ring through all 2 chips/);
  });

  it.each([
    ['all-shuffle --chip v5p --slice 4x4x4 --bytes 1', /^kind: expected one of/],
    ['all-gather --chip v5p --slice 4x4x4', /^--bytes: is required/],
    ['all-gather --chip v5p --slice 4x4x4 --bytes 1 --axes w', /^--axes: expected letters of xyz/],
    ['all-gather --chip v5p --slice 4x4x4 --bytes 1 --without 0,0,0+w', /^--without: expected a chip and a/],
    ['all-gather --chip v5p --slice 4x4x4 --bytes 1 --without 0,0,4', /^--without: expected a chip of 4x4x4/],
    ['all-gather --chip v5p --slice 4x4x4 --bytes 1 --without 0,0', /^--without: expected a chip of 4x4x4/],
    ['all-gather --chip v5p --slice 2x2x2 --bytes 1 --without 1,0,0+x', /^--without: there is no link/],
    ['all-gather --chip v5p --slice 4x4x4 --bytes 1 --beside all-gather', /^--beside: expected a number/],
    ['all-gather --chip v5p --slice 4x4x4 --bytes 1 --beside x,1', /^--beside: expected one of/],
    ['all-gather --chip v5p --slice 4x4x4 --bytes 1 --beside broadcast,1,x,0,9', /^--beside: expected KIND/],
    ['all-gather --chip v5p --slice 4x4x4 --bytes 1 --beside broadcast,1 --model flit', /^--model: links/],
    [
      'all-gather --chip v5p --slice 4x4x4 --bytes 1 --pair 0,0,0:1,0,0',
      /^--pair: only a collective-permute/,
    ],
    ['collective-permute --chip v5p --slice 4x4x4 --bytes 1 --pair 0,0,0', /^--pair: expected two chips/],
    ['collective-permute --chip v5p --slice 4x4x4 --bytes 1 --pair 0,0,0:9,0,0', /^--pair: expected a chip/],
    ['collective-permute --chip v5p --slice 4x4x4 --bytes 1 --pair 0,0,0:-1,0,0', /^--pair: expected a chip/],
    [
      'collective-permute --chip v5p --slice 4x4x4 --bytes 1 --group 0,0,0',
      /^--group: a collective-permute has/,
    ],
    [
      'all-gather --chip v5p --slice 4x4x4 --bytes 1 --group 0,0,0:0,0,0',
      /^groups: chip \(0,0,0\) is named twice/,
    ],
    [
      'all-gather --chip v5p --slice 4x4x4 --bytes 1 --group 0,0,0 --axes x',
      /^--axes: has no meaning with --group/,
    ],
    [
      'all-gather --chip v5p --slice 4x4x4 --bytes 1 --group 0,0,0 --links',
      /^--group: has no meaning with --links/,
    ],
    [
      'all-gather --chip v5p --slice 4x4x4 --bytes 1 --links --model flit',
      /^--model: links are shared by flow/,
    ],
    ['all-gather --chip v5p --slice 4x4x4 --bytes 1 --ring 4', /^--ring: needs --compat/],
    ['all-gather --compat astra-sim --beside broadcast,1', /^--beside: has no meaning/],
  ])('refuses %s', async (line, message) => {
    await expect(run(line)).rejects.toThrow(InputError);
    await expect(run(line)).rejects.toThrow(message);
  });

  it.each([
    // One chip, or groups of one, or chips that send to themselves: nobody has anything to send.
    'all-reduce --chip v5p --slice 1x1x1 --bytes 1000',
    'broadcast --chip v5p --slice 1x1x1 --bytes 1000 --model flit',
    'all-to-all --chip v5p --slice 1x1x1 --bytes 1000 --links',
    'collective-permute --chip v5p --slice 1x1x1 --bytes 1 --pair 0,0,0:0,0,0',
    'collective-permute --chip v5p --slice 4x4x4 --bytes 1 --pair 1,2,3:1,2,3 --model flow',
    'collective-permute --chip v5p --slice 4x4x4 --bytes 1 --pair 1,2,3:1,2,3 --model flit',
    'all-reduce --chip v5p --slice 2x2x1 --bytes 1000 --axes z --model flow',
    'collective-permute --chip v5p --slice 2x2x1 --bytes 1000 --axes z --without 0,0,0+x',
    'all-gather --chip v5p --slice 4x4x4 --bytes 1 --group 0,0,0 --group 1,0,0 --model flit',
    'all-reduce --chip v5p --slice 2x2x1 --bytes 9 --without 0,0,0 --without 1,0,0 --without 0,1,0',
    'all-reduce --chip v5p --slice 1x1x1 --slices 4 --bytes 1000 --axes xyz',
    'all-reduce --chip v5e --slice 1x1 --bytes 9007199254740991',
    'all-gather --chip v1 --slice 1 --bytes 1',
  ])('takes no time where nobody has anything to send: %s', async (line) => {
    const { json, text } = await run(line);
    expect(json.seconds).toBe(0);
    expect(JSON.stringify(json)).not.toMatch(/null/);
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });

  const KINDS = [
    'all-gather',
    'reduce-scatter',
    'all-reduce',
    'all-to-all',
    'collective-permute',
    'broadcast',
  ];
  it.each(
    KINDS.flatMap((kind) =>
      [
        '--slice 4x4x4 --bytes 1',
        '--slice 4x4x4 --bytes 9007199254740991',
        '--slice 2x2x1 --bytes 7',
        '--slice 2x2x1 --bytes 7 --without 0,0,0+x',
        '--slice 2x2x1 --bytes 9007199254740991 --without 1,1,0',
        '--slice 4x4x8 --twisted --bytes 3 --without 0,0,0+x --without 3,3,7',
        '--slice 1x1x1 --slices 3 --bytes 1 --axes dcn',
        '--slice 2x2x1 --slices 1024 --bytes 9007199254740991 --axes dcn',
      ].map((rest) => `${kind} --chip v5p ${rest}`),
    ),
  )('is right at the ends of its ranges: %s', async (line) => {
    for (const model of ['closed-form', 'flow']) {
      if (model === 'flow' && /slices.*without|slices 1024/.test(line)) continue;
      const { json, text } = await run(`${line} --model ${model}`);
      expect(json.seconds).toBeGreaterThanOrEqual(Number(json.lowerBoundSeconds) * (1 - 1e-9));
      expect(json.seconds).toBeGreaterThan(0);
      expect(JSON.stringify(json)).not.toMatch(/null/);
      expect(text).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  it('waits for the slice whose missing chips leave it the fewest ports', async () => {
    const line = 'all-reduce --chip v5p --slice 2x2x1 --slices 4 --bytes 4000000000';
    const [whole, cut] = await Promise.all([run(line), run(`${line} --without 1,1,0`)]);
    // Three ports carry what four did.
    expect(Number(cut.json.lowerBoundSeconds) / Number(whole.json.lowerBoundSeconds)).toBeCloseTo(4 / 3, 9);
    expect(Number(cut.json.seconds)).toBeGreaterThan(1.3 * Number(whole.json.seconds));
  });

  it.each([
    [
      '--slice 2x2x1 --bytes 9 --without 0,0,0 --without 1,0,0 --without 0,1,0 --without 1,1,0',
      /^--without: leaves no chip/,
    ],
    ['--slice 2x2x1 --bytes 9 --without 0,0,0+x --without 0,0,0+y', /^missing links: /],
    ['--slice 2x2x1 --bytes 9 --without 0,0,0+x --without 0,1,0+x --model flow', /^missing links: /],
    ['--slice 2x2x1 --bytes 9 --without 0,0,0 --without 1,1,0', /^missing links: /],
    ['--slice 2x2x1 --bytes 9 --without 0,0,0+x --model flit', /^model: flit needs a torus with nothing/],
    ['--slice 2x2x1 --bytes 9 --without 0,0,0+z', /^--without: there is no link/],
    ['--slice 4x4x4 --bytes 0', /^--bytes: expected a number from 1/],
    ['--slice 4x4x4 --bytes 9007199254740992', /^--bytes: expected a number from 1/],
    ['--slice 4x4x4 --bytes 1.5', /^--bytes: expected a whole number/],
    ['--slice 4x4x4 --bytes 9007199254740991 --model flit', /^model: flit is a zoom/],
    ['--slice 4x4x4 --bytes 9 --axes dcn', /^--axes: dcn needs several slices/],
    ['--slice 4x4x4 --bytes 9 --axes xx', /^--axes: expected letters/],
    ['--slice 4x4x4 --twisted --bytes 9', /^slice: v5p has no twisted slice/],
    ['--slice 0x4x4 --bytes 9', /^slice: expected one to three extents/],
    ['--slice 2x2x1 --slices 2000 --bytes 9', /^--slices: expected a number from 1 to 1024/],
    ['--slice 2x2x1 --slices 2 --bytes 9 --axes dcn --model flit', /^model: flit is for one slice/],
  ])('refuses every kind %s', async (rest, message) => {
    for (const kind of KINDS) {
      const line = `${kind} --chip v5p ${rest}`;
      await expect(run(line)).rejects.toThrow(InputError);
      await expect(run(line)).rejects.toThrow(message);
    }
  });

  it.each([
    ['collective-permute --without 0,0,0 --pair 0,0,0:1,0,0', /^pairs: chip \(0,0,0\) is missing/],
    ['collective-permute --pair :', /^--pair: expected a chip/],
    ['collective-permute --pair 0,0,0:1,0,0:1,1,0', /^--pair: expected two chips/],
    ['all-reduce --without 0,0,0 --group 0,0,0:1,0,0', /^groups: chip \(0,0,0\) is missing/],
    ['all-reduce --group 0,0,0:1,0,0 --group 0,1,0', /^groups: expected groups of the same size/],
    ['all-reduce --group :', /^--group: expected a chip/],
  ])('refuses %s', async (words, message) => {
    await expect(run(`${words} --chip v5p --slice 2x2x1 --bytes 9`)).rejects.toThrow(message);
  });
});
