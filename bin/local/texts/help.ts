/** What `--help` says, as a text and sections of things with what they are. */
export interface Help {
  readonly intro: string;
  readonly sections: readonly HelpSection[];
  readonly end: string;
}

interface HelpSection {
  readonly title: string;
  readonly entries: readonly (readonly [thing: string, meaning: string])[];
}
