// The live stream. One stream a browser: the tab that holds the lock listens and tells the others.
// Each event comes to <body> twice, as "live:folder" (detail: the id) and as "live:folder-12", so that a fragment
// can ask for itself again with hx-trigger="live:outgoing-12 from:body". "live:poll" means: look at everything.

const { live: address, user } = document.body.dataset;
const POLL = 30_000; // milliseconds, while there is no stream
const others = new BroadcastChannel(`live-${user}`);
const EVENTS = ["folder", "thread", "outgoing", "mailbox", "probe", "draft", "bulk", "letter"];
let stream;

function tell(event, id) {
  for (const name of [`live:${event}`, `live:${event}-${id}`]) {
    document.body.dispatchEvent(new CustomEvent(name, { detail: Number(id) }));
  }
}

function hear(event, id) {
  tell(event, id);
  others.postMessage([event, id]);
}

function open() {
  stream = new EventSource(address);
  stream.addEventListener("hello", () => hear("poll", 0)); // what happened before we listened
  for (const event of EVENTS) stream.addEventListener(event, ({ data }) => hear(event, data));
}

function poll() {
  if (stream?.readyState === EventSource.OPEN) return;
  hear("poll", 0);
  if (stream?.readyState === EventSource.CLOSED) open();
}

function lead() {
  open();
  setInterval(poll, POLL);
  return new Promise(() => {}); // keeps the lock until this tab goes
}

others.onmessage = ({ data: [event, id] }) => tell(event, id);

if (navigator.locks) {
  navigator.locks.request(`live-${user}`, lead);
} else {
  // Without https there are no locks: a tab listens only while it is seen.
  const look = () => {
    stream?.close();
    if (document.visibilityState === "visible") open();
  };
  document.addEventListener("visibilitychange", look);
  look();
  setInterval(poll, POLL);
}
