// The browser in which a reader sees JupyterLab.

import { chromium } from "playwright-core";

// Chromium asks for nothing from the network, and runs as root in a container.
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// Starts Chromium, whose path the variable CHROMIUM may name.
export function launchBrowser(options) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: FLAGS, ...options });
}
