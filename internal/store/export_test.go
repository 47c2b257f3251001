package store

import "context"

// OpenWithin is Open with another limit on the wait for locks.
var OpenWithin = open

// Schema numbers, for tests that make files of other versions.
const ApplicationID = applicationID

// SchemaVersion is the newest version.
var SchemaVersion = len(migrations)

// NewTurnstile, Pass and Leave are for the test of the order.
func NewTurnstile(room int) turnstile { return make(turnstile, room) }

func (t turnstile) Pass(ctx context.Context) error { return t.pass(ctx) }

func (t turnstile) Leave() { t.leave() }
