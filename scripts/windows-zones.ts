/**
 * Writes src/services/date/input/windows-zones.json: each Windows zone name with the IANA zone that CLDR gives for the whole
 * world (territory 001), and a few that it lacks. With --check it writes nothing and fails when the file has drifted from CLDR.
 */
import { readFile, writeFile } from 'node:fs/promises';

/** CLDR keeps the first name a zone ever had; these are what the tz database calls them now. */
const RENAMED: Record<string, string> = {
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Europe/Kiev': 'Europe/Kyiv',
};

/**
 * Names that Microsoft announced in 2026 and that CLDR 48.2 lacks (techcommunity.microsoft.com/category/windows/blog/dstblog:
 * interim guidance for British Columbia, Alberta and Manitoba). One that CLDR has by now is to be taken out here.
 */
const ADDED: Record<string, string> = {
  'Alberta Standard Time': 'America/Edmonton',
  'British Columbia Standard Time': 'America/Vancouver',
  'Manitoba Standard Time': 'America/Winnipeg',
};

interface WindowsZones {
  supplemental: {
    windowsZones: { mapTimezones: { mapZone: { _other: string; _type: string; _territory: string } }[] };
  };
}

const source = new URL(import.meta.resolve('cldr-core/supplemental/windowsZones.json'));
const target = new URL('../src/services/date/input/windows-zones.json', import.meta.url);

const cldr = JSON.parse(await readFile(source, 'utf8')) as WindowsZones;
const table = cldr.supplemental.windowsZones.mapTimezones
  .map(({ mapZone }) => mapZone)
  .filter(({ _territory }) => _territory === '001')
  .map(({ _other, _type }) => [_other, RENAMED[_type] ?? _type] as const);
const needless = table.map(([name]) => name).filter((name) => name in ADDED);
if (needless.length > 0) throw new Error(`CLDR has ${needless.join(', ')} by now: take it out of ADDED.`);
const whole = [...table, ...Object.entries(ADDED)].sort(([a], [b]) => (a < b ? -1 : 1));
const text = `${JSON.stringify(Object.fromEntries(whole), null, 2)}\n`;

if (!process.argv.includes('--check')) {
  await writeFile(target, text);
} else if ((await readFile(target, 'utf8')) !== text) {
  console.error('windows-zones.json has drifted from CLDR: run `node scripts/windows-zones.ts`.');
  process.exitCode = 1;
}
