import { html, type TemplateResult } from "lit";
import type { Session } from "../protocol/wire";
import { icon, type IconName } from "./icons";

const marks: Partial<Record<Session["kind"], { icon: IconName; words: string }>> = {
  managed: { icon: "device", words: "Managed device" },
  ondemand: { icon: "path", words: "On-demand device" },
};

/** What kind of session it is: a green sign where there is a device, with words for who does not see it. */
export function kindMark({ kind }: Session): TemplateResult {
  const mark = marks[kind];
  if (!mark) return icon("chat");
  return html`<span class="kind" title=${mark.words}>${icon(mark.icon)}</span
    ><span class="unseen">${mark.words}</span>`;
}
