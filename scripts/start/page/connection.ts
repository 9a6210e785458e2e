/** Whether `npm start` is there, its version, and what time it is in its world. */
import { byId, setText } from "./element.ts";
import type { PageEvents } from "./events.ts";
import type { Stream } from "./stream.ts";
import { dateTime } from "./words.ts";

export function showConnection(stream: Stream): void {
  const root = byId("connection", HTMLParagraphElement);
  const text = byId("connection-text", HTMLSpanElement);
  stream.onConnection((is_there) => {
    root.dataset.state = is_there ? "there" : "gone";
    document.body.classList.toggle("gone", !is_there);
    // Of a world is told first of all, if there is one.
    setText(
      text,
      is_there ? "npm start makes the world …" : "npm start is gone: waiting for it to come back …",
    );
  });
  stream.on("hello", ({ version }) => {
    setText(text, "Live");
    byId("main", HTMLElement).dataset.world = "there";
    setText(byId("version", HTMLElement), version);
  });
}

/** Runs on between what is told of it. */
export function showClock(stream: Stream): void {
  const clock = byId("clock", HTMLTimeElement);
  let speed = 1;
  let told_ms: number | undefined;
  let told_at_ms = 0;

  function keep(time_ms: number): void {
    told_ms = time_ms;
    told_at_ms = performance.now();
  }

  function show(): void {
    if (told_ms === undefined) return;
    const now_ms = told_ms + (performance.now() - told_at_ms) * speed;
    clock.dateTime = new Date(now_ms).toISOString();
    clock.textContent = dateTime(now_ms);
  }

  stream.on("hello", (hello: PageEvents["hello"]) => {
    speed = hello.speed;
    keep(hello.time_ms);
    show();
  });
  stream.on("speed", (told) => {
    speed = told.times;
    keep(told.time_ms);
  });
  stream.on("status", ({ time_ms }) => keep(time_ms));
  setInterval(show, 1000);
}
