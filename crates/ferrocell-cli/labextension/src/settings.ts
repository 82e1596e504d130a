// What the user has set, as schemas/ferrocell/drafts.json describes it.

export interface Settings {
  drafts: boolean;
  formatOnSave: boolean;
  imports: boolean;
  pause: number;
}

export const DEFAULTS: Settings = { drafts: true, formatOnSave: false, imports: true, pause: 300 };
