package embedded

import "context"

// briefMember is what a brief list has of the properties that are stored.
const briefMember = "properties.backupStorageVersion"

type briefKey struct{}

// Brief is a context in which lists of vaults have long pages, and of each vault only the id, the name, the etag, the state
// and the version of its storage. It is for those in this process who look often; the others have no way to ask for it.
func Brief(ctx context.Context) context.Context { return context.WithValue(ctx, briefKey{}, true) }

func (c *call) brief() bool { return c.context().Value(briefKey{}) != nil }
