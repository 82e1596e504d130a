// What the kernel and the extension tell each other. The kernel's crate describes it, in src/socket/drafts.rs.

export const KERNEL = "ferrocell";
export const TARGET = "ferrocell.draft";

// Lines and columns count from 1, columns in code points.
export interface Place {
  line: number;
  column: number;
}

export interface Edit {
  start: Place;
  end: Place;
  text: string;
}

export interface Fix {
  title: string;
  edits: Edit[];
}

export interface Remark {
  severity: "error" | "warning";
  message: string;
  code: string;
  notes: string[];
  start: Place;
  end: Place;
  fixes: Fix[];
}

export interface Variable {
  name: string;
  type: string;
  note: string;
}

// Variables at a glance, and what the other threads of the program do.
export interface Glance {
  variables: Record<string, { items: number | null; value: string | null }>;
  threads: { name: string; state: string }[];
}

// The answer to each kind of question, beside the question's number.
export interface Answers {
  format: { code?: string; message?: string };
  judge: { verdict: string; reason: string };
  look: { seen: Glance | null };
  variables: { list: Variable[] };
}

export type Kind = keyof Answers;
