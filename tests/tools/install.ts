import { spawnSync } from 'node:child_process';

/** What decides how a missing tool can be installed. */
export interface Installer {
  /** apt-get is there and we may use it. */
  readonly canUseApt: boolean;
  /** Whether dpkg believes that a package is installed, even if somebody deleted its files. */
  isInstalled(packageName: string): boolean;
}

export type CommandLine = readonly [program: string, ...args: string[]];

export function thisInstaller(): Installer {
  return {
    canUseApt: process.getuid?.() === 0 && succeeds('apt-get', '--version'),
    isInstalled: (packageName) => {
      const query = spawnSync('dpkg-query', ['-s', packageName], { encoding: 'utf8' });
      return query.status === 0 && /^Status: install ok installed$/m.test(query.stdout);
    },
  };
}

function succeeds(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

/** Ways to a full Chromium, each a list of commands; the next is tried where one brings none. */
export function chromiumInstallations(installer: Installer): readonly (readonly CommandLine[])[] {
  const playwright: CommandLine = [
    process.execPath,
    'node_modules/playwright/cli.js',
    'install',
    '--no-shell',
    'chromium',
  ];
  if (!installer.canUseApt) return [[playwright]];
  // The files that a stray deletion takes may belong to either package.
  const parts = ['chromium', 'chromium-common'].filter((name) => installer.isInstalled(name));
  return [aptInstallation(['chromium', 'fonts-liberation'], parts), [playwright]];
}

/** Ways to a Verilog simulator, for the tests that compare the array with its RTL. */
export function simulatorInstallations(installer: Installer): readonly (readonly CommandLine[])[] {
  if (!installer.canUseApt) return [];
  const parts = ['iverilog'].filter((name) => installer.isInstalled(name));
  return [aptInstallation(['iverilog'], parts)];
}

/** Packages that dpkg holds for installed although they are missing are installed anew. */
function aptInstallation(wanted: readonly string[], reinstalled: readonly string[]): readonly CommandLine[] {
  const packages = [...new Set([...wanted, ...reinstalled])];
  const anew = reinstalled.length > 0 ? ['--reinstall'] : [];
  const waitForLock = ['-o', 'DPkg::Lock::Timeout=300'];
  return [
    ['apt-get', ...waitForLock, 'update'],
    ['apt-get', ...waitForLock, 'install', '-y', '--no-install-recommends', ...anew, ...packages],
  ];
}

/** Runs the commands in turn until one fails. */
export function install(commands: readonly CommandLine[]): boolean {
  return commands.every(([program, ...args]) => {
    console.log(`> ${[program, ...args].join(' ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync(program, args, { stdio: 'inherit', env }).status === 0;
  });
}
