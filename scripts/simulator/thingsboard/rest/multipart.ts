/** A file out of a multipart/form-data body. */
import { badRequest } from "./request.ts";

export interface UploadedFile {
  name: string;
  content_type: string;
  bytes: Buffer;
}

/** The part of this name. */
export function fileIn(body: Buffer, content_type: string, part: string): UploadedFile {
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;]+))/i.exec(content_type) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw badRequest("Current request is not a multipart request");
  const mark = Buffer.from(`\r\n--${boundary.trim()}`);
  // The first one may begin the body.
  const text = Buffer.concat([Buffer.from("\r\n"), body]);
  for (let at = text.indexOf(mark); at >= 0; ) {
    const start = at + mark.length;
    const end = text.indexOf(mark, start);
    const head_end = text.indexOf("\r\n\r\n", start);
    if (end < 0 || head_end < 0 || head_end > end) break;
    const head = text.toString("utf8", start, head_end);
    if (new RegExp(`[; ]name="?${part}"?(;|\\r|$)`, "m").test(head))
      return {
        name: /filename="([^"]*)"/.exec(head)?.[1] ?? part,
        content_type: /content-type: *([^\r\n]+)/i.exec(head)?.[1] ?? "application/octet-stream",
        bytes: text.subarray(head_end + 4, end),
      };
    at = end;
  }
  throw badRequest(`Required part '${part}' is not present.`);
}
