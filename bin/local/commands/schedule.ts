import { join } from 'node:path';
import type { NightlyProgram } from '../program/program.ts';
import type { TerminalTexts } from '../texts/en.ts';

/** DATABASE_URL is in a file that only root and the job's user can read, not in a command line that everybody can. */
const ENVIRONMENT_FILE = '/etc/thread-cleanup.env';

/**
 * What runs a cleanup every night at 03:00: systemd units, or a line for cron. For people to install.
 *
 * @param timezone IANA name; cron knows only that of the machine
 * @param program what they start
 */
export function scheduleText(
  cron: boolean,
  timezone: string,
  { schedule: texts }: TerminalTexts,
  program: NightlyProgram,
): string {
  return cron ? cronText(texts, program) : systemdText(timezone, texts, program);
}

function cronText(texts: TerminalTexts['schedule'], { folder, node, file }: NightlyProgram): string {
  const start = folder === undefined ? '' : `cd ${crontabQuoted(folder)} && `;
  const program = `${crontabQuoted(node)} --env-file=${ENVIRONMENT_FILE} ${crontabQuoted(file)}`;
  return `${comments(texts.environmentFile(ENVIRONMENT_FILE), texts.cron)}
0 3 * * * ${start}${program} cleanup --json >> /var/log/thread-cleanup.log
`;
}

function systemdText(
  timezone: string,
  texts: TerminalTexts['schedule'],
  { folder = '', node, file }: NightlyProgram,
): string {
  const workingDirectory = folder === '' ? '' : `WorkingDirectory=${unitEscaped(folder)}\n`;
  return `${comments(texts.environmentFile(ENVIRONMENT_FILE), texts.systemd)}

# /etc/systemd/system/thread-cleanup.service
[Unit]
Description=WhatsApp thread cleanup
Wants=network-online.target
After=network-online.target
OnFailure=thread-cleanup-failed.service

[Service]
Type=oneshot
DynamicUser=yes
${workingDirectory}EnvironmentFile=${ENVIRONMENT_FILE}
ExecStart=${unitQuoted(join(folder, node))} ${unitQuoted(file)} cleanup --json

# /etc/systemd/system/thread-cleanup.timer
[Unit]
Description=WhatsApp thread cleanup, every night

[Timer]
OnCalendar=*-*-* 03:00:00 ${timezone}
Persistent=true

[Install]
WantedBy=timers.target

# /etc/systemd/system/thread-cleanup-failed.service
${comments(texts.failure)}
[Unit]
Description=Tells that the WhatsApp thread cleanup failed

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'systemctl status --full thread-cleanup.service | mail -s "Thread cleanup failed" root'
`;
}

const comments = (...texts: readonly string[]) =>
  texts.flatMap((text) => text.split('\n').map((line) => `# ${line}`)).join('\n');

const shellQuoted = (path: string) => (/^[\w/.@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

/** In a crontab a bare % ends the command. */
const crontabQuoted = (path: string) => shellQuoted(path).replaceAll('%', '\\%');

/** systemd: a % begins a specifier. */
const unitEscaped = (path: string) => path.replaceAll('%', '%%');

/** In a command line spaces need quotes, which a line with one path takes for a part of it. */
const unitQuoted = (path: string) => (/\s/.test(path) ? `"${unitEscaped(path)}"` : unitEscaped(path));
