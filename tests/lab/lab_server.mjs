// `ferrocell lab --no-browser` as a child process: its address, and its end with every process it started.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";

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

// Ends the command as Ctrl-C does, and gives its exit code and the processes that outlived it.
async function end(child, ended) {
  const started = await descendants(child.pid);
  child.kill("SIGINT");
  const [code] = await ended;
  const states = await Promise.all(started.map(async (pid) => ({ pid, alive: await isAlive(pid) })));
  return { code, started, left: states.filter(({ alive }) => alive).map(({ pid }) => pid) };
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
