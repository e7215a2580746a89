// What a Node application does with streams, with both generations of the official client, unchanged, against a running server:
//   node --test streams.test.mjs      with VARVE=127.0.0.1:2113
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";

const server = process.env.VARVE ?? "127.0.0.1:2113";
const clients = [["@eventstore/db-client", "EventStoreDBClient", "esdb"]];
// The newer one needs Node 20.
if (Number(process.versions.node.split(".")[0]) >= 20)
  clients.push(["@kurrent/kurrentdb-client", "KurrentDBClient", "kurrentdb"]);

async function collect(read, most = Infinity) {
  const events = [];
  for await (const event of read) {
    events.push(event);
    if (events.length === most) break;
  }
  return events;
}

for (const [library, className, scheme] of clients) {
  describe(library, () => {
    let kit, client;
    before(async () => {
      kit = await import(library);
      client = kit[className].connectionString(`${scheme}://${server}?tls=false`);
    });
    after(() => client.dispose());

    const made = (type, data = {}, more = {}) => kit.jsonEvent({ type, data, ...more });
    const fresh = (name = "node") => `${name}-${randomUUID()}`;
    // The options changed their name between the generations.
    const expecting = (state) => ({ expectedRevision: state, streamState: state });
    const none = () => expecting(kit.NO_STREAM);

    test("appends, and reads back what was appended", async () => {
      const stream = fresh();
      const id = randomUUID();
      const result = await client.appendToStream(
        stream,
        [made("Opened", { owner: "Ann" }, { id, metadata: { by: "me" } }), made("Deposited", { cents: 5 })],
        none(),
      );
      assert.equal(result.success, true);
      assert.equal(result.nextExpectedRevision, 1n);
      const events = await collect(client.readStream(stream));
      assert.deepEqual(
        events.map(({ event }) => [event.type, event.data, event.revision, event.streamId]),
        [
          ["Opened", { owner: "Ann" }, 0n, stream],
          ["Deposited", { cents: 5 }, 1n, stream],
        ],
      );
      assert.equal(events[0].event.id, id);
      assert.deepEqual(events[0].event.metadata, { by: "me" });
      assert.ok(Math.abs(Date.now() - events[0].event.created.getTime()) < 60_000);
      assert.equal(result.position.commit, events[1].event.position?.commit ?? result.position.commit);
    });

    test("reads backwards, from a revision, and no more than it asks for", async () => {
      const stream = fresh();
      await client.appendToStream(stream, Array.from({ length: 10 }, (_, i) => made("T", { i })));
      const numbers = async (options) => (await collect(client.readStream(stream, options))).map(({ event }) => event.data.i);
      assert.deepEqual(await numbers({ direction: kit.BACKWARDS, fromRevision: kit.END, maxCount: 3 }), [9, 8, 7]);
      assert.deepEqual(await numbers({ fromRevision: 7n }), [7, 8, 9]);
      assert.deepEqual(await numbers({ fromRevision: 2n, maxCount: 2 }), [2, 3]);
      assert.deepEqual(await numbers({ fromRevision: 99n }), []);
    });

    test("a missing stream is told as one", async () => {
      await assert.rejects(collect(client.readStream(fresh())), (error) => error.type === kit.ErrorType.STREAM_NOT_FOUND);
    });

    test("a wrong expectation is thrown with what is there, or told", async () => {
      const stream = fresh();
      await client.appendToStream(stream, [made("A")], none());
      await assert.rejects(client.appendToStream(stream, [made("B")], none()), (error) => {
        assert.equal(error.type, kit.ErrorType.WRONG_EXPECTED_VERSION);
        assert.equal(error.actualVersion ?? error.actualState, 0n);
        return true;
      });
      const calm = kit[className].connectionString(`${scheme}://${server}?tls=false&throwOnAppendFailure=false`);
      const told = await calm.appendToStream(stream, [made("B")], expecting(7n));
      assert.equal(told.success, false);
      await calm.dispose();
      await client.appendToStream(stream, [made("B")], expecting(0n));
      await client.appendToStream(stream, [made("C")], expecting(kit.STREAM_EXISTS));
      assert.equal((await collect(client.readStream(stream))).length, 3);
    });

    test("one and the same append is written once", async () => {
      const stream = fresh();
      const event = made("A");
      const first = await client.appendToStream(stream, [event], none());
      const second = await client.appendToStream(stream, [event], none());
      assert.deepEqual(second.position, first.position);
      assert.equal((await collect(client.readStream(stream))).length, 1);
    });

    test("a thousand events in one append", async () => {
      const stream = fresh();
      await client.appendToStream(stream, Array.from({ length: 1000 }, (_, i) => made("T", { i })));
      assert.equal((await collect(client.readStream(stream))).length, 1000);
    });

    test("many appends at once", async () => {
      const streams = Array.from({ length: 200 }, () => fresh());
      await Promise.all(streams.map((stream) => client.appendToStream(stream, [made("T")], none())));
      const found = await Promise.all(streams.map((stream) => collect(client.readStream(stream))));
      assert.ok(found.every((events) => events.length === 1));
    });

    test("binary events stay as they are", async () => {
      const stream = fresh();
      await client.appendToStream(stream, [kit.binaryEvent({ type: "B", data: Buffer.from([0, 1, 255]) })]);
      const [{ event }] = await collect(client.readStream(stream));
      assert.equal(event.isJson, false);
      assert.deepEqual([...event.data], [0, 1, 255]);
    });

    test("a deleted stream is gone, and goes on behind its last revision", async () => {
      const stream = fresh();
      await client.appendToStream(stream, [made("A"), made("B")]);
      await client.deleteStream(stream);
      await assert.rejects(collect(client.readStream(stream)), (error) => error.type === kit.ErrorType.STREAM_NOT_FOUND);
      const again = await client.appendToStream(stream, [made("C")], none());
      assert.equal(again.nextExpectedRevision, 2n);
      assert.deepEqual((await collect(client.readStream(stream))).map(({ event }) => event.revision), [2n]);
    });

    test("a deletion that expects another revision is refused", async () => {
      const stream = fresh();
      await client.appendToStream(stream, [made("A")]);
      await assert.rejects(
        client.deleteStream(stream, { expectedRevision: 5n }),
        (error) => error.type === kit.ErrorType.WRONG_EXPECTED_VERSION,
      );
    });

    test("a tombstone is for ever", async () => {
      const stream = fresh();
      await client.appendToStream(stream, [made("A")]);
      await client.tombstoneStream(stream);
      await assert.rejects(collect(client.readStream(stream)), (error) => error.type === kit.ErrorType.STREAM_DELETED);
      await assert.rejects(client.appendToStream(stream, [made("B")]), (error) => error.type === kit.ErrorType.STREAM_DELETED);
    });

    test("metadata: set, read, and its effect", async () => {
      const stream = fresh();
      await client.appendToStream(stream, Array.from({ length: 5 }, (_, i) => made("T", { i })));
      await client.setStreamMetadata(stream, { maxCount: 2, owner: "me" });
      const { metadata } = await client.getStreamMetadata(stream);
      assert.equal(metadata.maxCount, 2);
      assert.equal(metadata.owner, "me");
      assert.deepEqual((await collect(client.readStream(stream))).map(({ event }) => event.data.i), [3, 4]);
    });

    test("$all holds everything in order, forwards and backwards", async () => {
      const stream = fresh();
      await client.appendToStream(stream, [made("A"), made("B"), made("C")]);
      const mine = (all) => all.filter(({ event }) => event?.streamId === stream).map(({ event }) => event.type);
      assert.deepEqual(mine(await collect(client.readAll())), ["A", "B", "C"]);
      const back = await collect(client.readAll({ direction: kit.BACKWARDS, fromPosition: kit.END, maxCount: 3 }));
      assert.deepEqual(mine(back), ["C", "B", "A"]);
    });

    test("a subscription catches up, then stays live", async () => {
      const stream = fresh();
      await client.appendToStream(stream, [made("A", { i: 0 }), made("A", { i: 1 })]);
      const subscription = client.subscribeToStream(stream, { fromRevision: kit.START });
      const seen = [];
      for await (const { event } of subscription) {
        seen.push(event.data.i);
        if (seen.length === 2) await client.appendToStream(stream, [made("A", { i: 2 })]);
        if (seen.length === 3) break;
      }
      assert.deepEqual(seen, [0, 1, 2]);
      await subscription.unsubscribe();
    });

    test("a subscription to $all begins behind a position and filters", async () => {
      const stream = fresh("wanted");
      const { position } = await client.appendToStream(stream, [made("Before")]);
      const subscription = client.subscribeToAll({
        fromPosition: position,
        filter: kit.streamNameFilter({ prefixes: [stream] }),
      });
      const seen = [];
      await client.appendToStream(fresh("other"), [made("Other")]);
      await client.appendToStream(stream, [made("One"), made("Two")]);
      for await (const { event } of subscription) {
        seen.push(event.type);
        if (seen.length === 2) break;
      }
      assert.deepEqual(seen, ["One", "Two"]);
      await subscription.unsubscribe();
    });

    test("a filter by regular expression, with the checkpoints that it promises", async () => {
      const type = `Type${randomUUID().slice(0, 8)}`;
      const stream = fresh();
      await client.appendToStream(stream, Array.from({ length: 100 }, (_, i) => made(i % 50 === 0 ? type : "Other", { i })));
      const checkpoints = [];
      const subscription = client.subscribeToAll({
        fromPosition: kit.START,
        filter: kit.eventTypeFilter({
          regex: `^${type}$`,
          checkpointInterval: 1,
          maxSearchWindow: 10,
          checkpointReached: async (_, position) => void checkpoints.push(position.commit),
        }),
      });
      const seen = [];
      for await (const { event } of subscription) {
        seen.push(event.data.i);
        if (seen.length === 2) break;
      }
      assert.deepEqual(seen, [0, 50]);
      assert.ok(checkpoints.length > 0);
      assert.ok(checkpoints.every((at, i) => i === 0 || at > checkpoints[i - 1]));
      await subscription.unsubscribe();
    });

    test("a category and a type are streams, too", async () => {
      const category = `cat${randomUUID().slice(0, 8)}`;
      const type = `Type${randomUUID().slice(0, 8)}`;
      await client.appendToStream(`${category}-1`, [made(type, { i: 1 })]);
      await client.appendToStream(`${category}-2`, [made(type, { i: 2 })]);
      for (const stream of [`$ce-${category}`, `$et-${type}`]) {
        const events = await collect(client.readStream(stream, { resolveLinkTos: true }));
        assert.deepEqual(events.map(({ event }) => event.data.i), [1, 2], stream);
        assert.deepEqual(events.map(({ link }) => link.streamId), [stream, stream]);
      }
    });

    test("a link is resolved", async () => {
      const stream = fresh();
      await client.appendToStream(stream, [made("Target", { here: true })]);
      const links = fresh("links");
      await client.appendToStream(links, [kit.binaryEvent({ type: "$>", data: Buffer.from(`0@${stream}`) })]);
      const [resolved] = await collect(client.readStream(links, { resolveLinkTos: true }));
      assert.equal(resolved.event.type, "Target");
      assert.equal(resolved.link.streamId, links);
      const [plain] = await collect(client.readStream(links));
      assert.equal(plain.event.type, "$>");
    });

    if (library === "@kurrent/kurrentdb-client") {
      test("appends to several streams at once, all or nothing", async () => {
        const [one, two] = [fresh("one"), fresh("two")];
        const result = await client.multiStreamAppend([
          { streamName: one, events: [made("A", { i: 1 })], expectedState: kit.NO_STREAM },
          { streamName: two, events: [made("B"), made("C")], expectedState: kit.NO_STREAM },
        ]);
        assert.equal(result.responses.length, 2);
        assert.equal((await collect(client.readStream(two))).length, 2);
        await assert.rejects(
          client.multiStreamAppend([
            { streamName: one, events: [made("D")], expectedState: kit.ANY },
            { streamName: two, events: [made("E")], expectedState: kit.NO_STREAM },
          ]),
        );
        assert.equal((await collect(client.readStream(one))).length, 1);
      });
    }
  });
}
