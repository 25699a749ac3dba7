import { describe, expect, it } from 'vitest';
import { type CommandLine, chromiumInstallations, simulatorInstallations } from './install.ts';
import { provide } from './provide.ts';

const text = (installations: readonly (readonly CommandLine[])[]) =>
  installations.map((commands) => commands.map((command) => command.join(' ')));

describe('installations', () => {
  const bare = { canUseApt: true, isInstalled: () => false };

  it('uses apt where we may, and the browser download after it', () => {
    const [apt, download] = text(chromiumInstallations(bare));
    expect(apt?.[0]).toMatch(/^apt-get .*update$/);
    expect(apt?.[1]).toMatch(/install -y --no-install-recommends chromium fonts-liberation$/);
    expect(download?.join()).toMatch(/playwright.* install --no-shell chromium$/);
  });

  it('reinstalls what dpkg believes to be there', () => {
    const believed = { ...bare, isInstalled: (name: string) => name.startsWith('chromium') };
    expect(text(chromiumInstallations(believed))[0]?.[1]).toMatch(
      /--reinstall chromium fonts-liberation chromium-common$/,
    );
    expect(text(simulatorInstallations({ ...bare, isInstalled: () => true }))[0]?.[1]).toMatch(
      /--reinstall iverilog$/,
    );
  });

  it('leaves the system alone where we may not change it', () => {
    const guest = { canUseApt: false, isInstalled: () => false };
    expect(text(chromiumInstallations(guest)).flat().join()).not.toContain('apt-get');
    expect(simulatorInstallations(guest)).toEqual([]);
  });
});

describe('provide', () => {
  const ways: readonly (readonly CommandLine[])[] = [[['first']], [['second']]];

  function attempt(presentFrom: string, ignoreInstalled = false) {
    const ran: string[] = [];
    const isPresent = () => presentFrom === 'start' || ran.includes(presentFrom);
    const found = provide(() => (isPresent() ? 'there' : undefined), ways, {
      ignoreInstalled,
      run: (commands) => ran.push(...commands.flat()),
    });
    return { found, ran };
  }

  it('installs nothing where it is there', () => {
    expect(attempt('start')).toEqual({ found: 'there', ran: [] });
  });

  it('installs and looks again, way after way', () => {
    expect(attempt('first')).toEqual({ found: 'there', ran: ['first'] });
    expect(attempt('second')).toEqual({ found: 'there', ran: ['first', 'second'] });
  });

  it('says so when no way helps', () => {
    expect(attempt('never')).toEqual({ found: undefined, ran: ['first', 'second'] });
  });

  it('installs even where it is there when told to ignore that', () => {
    expect(attempt('start', true)).toEqual({ found: 'there', ran: ['first'] });
  });
});
