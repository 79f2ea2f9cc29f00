import type { Dispatcher } from 'undici';

/**
 * undici 7 ends the whole process (nodejs/undici#5360, mended in version 8 for newer Nodes) when a server closes its
 * connection behind a body that is just then paused because the disk or the rate limit is slower than the network. It
 * takes connections that the server keeps open another way, so only there a body may be paused; elsewhere, from an
 * HTTP/1.0 server for example, what comes too fast is held in memory.
 */
export function pauseKeptConnectionsOnly(dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch {
  return (options, handler) => dispatch(options, unpausing(handler));
}

function unpausing(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
  let mayPause = false;
  return {
    onRequestStart(controller, context) {
      handler.onRequestStart?.(controller, context);
    },
    onRequestUpgrade(controller, status, headers, socket) {
      handler.onRequestUpgrade?.(controller, status, headers, socket);
    },
    onResponseStart(controller, status, headers, message) {
      mayPause = isKept(headers);
      handler.onResponseStart?.(controller, status, headers, message);
    },
    onResponseData(controller, chunk) {
      handler.onResponseData?.(controller, chunk);
      if (!mayPause) controller.resume();
    },
    onResponseEnd(controller, trailers) {
      handler.onResponseEnd?.(controller, trailers);
    },
    onResponseError(controller, error) {
      handler.onResponseError?.(controller, error);
    },
  };
}

/** Said explicitly, and the body's end is told: without that, only closing the connection ends it. */
function isKept(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  const { connection } = headers;
  const isFramed =
    headers['content-length'] !== undefined || headers['transfer-encoding'] === 'chunked';
  return isFramed && typeof connection === 'string' && connection.toLowerCase() === 'keep-alive';
}
