// `ferrocell lab --no-browser` as a child process: its address, and its end with every process it started.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

import { ferrocell } from "./project.mjs";

export async function startLab(folder) {
  const child = spawn(ferrocell, ["lab", "--no-browser"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    const address = line.match(/http\S+/)?.[0];
    if (address) {
      return { address, pid: child.pid, end: () => end(child, ended) };
    }
  }
  const [code] = await ended;
  throw new Error(`ferrocell lab ended with code ${code} before it gave an address`);
}

// How long the operating system may take to end a process that was told to.
const END_MILLISECONDS = 60_000;

// Ends the command as Ctrl-C does, and gives its exit code and the processes that outlived it.
async function end(child, ended) {
  const started = await descendants(child.pid);
  child.kill("SIGINT");
  const [code] = await ended;
  const deadline = Date.now() + END_MILLISECONDS;
  let left = started;
  do {
    const alive = await Promise.all(left.map(isAlive));
    left = left.filter((_, index) => alive[index]);
  } while (left.length > 0 && Date.now() < deadline && (await sleep(100, true)));
  return { code, started, left };
}

async function descendants(pid) {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).split(" ").filter(Boolean);
  return (await Promise.all(children.map(async (child) => [child, ...(await descendants(child))]))).flat();
}

async function isAlive(pid) {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // A zombie has ended; it only waits for its parent to notice.
    return !/\) Z /.test(stat);
  } catch {
    return false;
  }
}
