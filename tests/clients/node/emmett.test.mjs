// A small application on Emmett: decide and evolve over a stream, as its users write them.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { CommandHandler } from "@event-driven-io/emmett";
import { getEventStoreDBEventStore } from "@event-driven-io/emmett-esdb";
import { EventStoreDBClient } from "@eventstore/db-client";

let client, store;
before(() => {
  client = EventStoreDBClient.connectionString(`esdb://${process.env.VARVE ?? "127.0.0.1:2113"}?tls=false`);
  store = getEventStoreDBEventStore(client);
});
after(() => client.dispose());

const initialState = () => ({ items: 0, confirmed: false });
const evolve = (cart, { type, data }) => {
  switch (type) {
    case "ItemAdded": return { ...cart, items: cart.items + data.count };
    case "Confirmed": return { ...cart, confirmed: true };
    default: return cart;
  }
};
const handle = CommandHandler({ evolve, initialState });
const add = (count) => (cart) => {
  if (cart.confirmed) throw new Error("the cart is confirmed");
  return { type: "ItemAdded", data: { count } };
};
const confirm = (cart) => {
  if (cart.items === 0) throw new Error("the cart is empty");
  return { type: "Confirmed", data: {} };
};

test("commands are decided by what was read, and appended behind it", async () => {
  const cart = `cart-${randomUUID()}`;
  await assert.rejects(handle(store, cart, confirm), /empty/);
  await handle(store, cart, add(2));
  await handle(store, cart, add(3));
  const { newState, nextExpectedStreamVersion } = await handle(store, cart, confirm);
  assert.deepEqual(newState, { items: 5, confirmed: true });
  assert.equal(nextExpectedStreamVersion, 2n);
  await assert.rejects(handle(store, cart, add(1)), /confirmed/);
  const { events } = await store.readStream(cart);
  assert.deepEqual(events.map(({ type }) => type), ["ItemAdded", "ItemAdded", "Confirmed"]);
});

test("of two who decide at once, one decides again", async () => {
  const cart = `cart-${randomUUID()}`;
  await handle(store, cart, add(1));
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => handle(store, cart, add(1))));
  const done = outcomes.filter(({ status }) => status === "fulfilled").length;
  const { state } = await store.aggregateStream(cart, { evolve, initialState });
  assert.equal(state.items, 1 + done, "nothing was lost, and nothing came twice");
});
