package store

// OpenWithin is Open with another limit on the wait for locks.
var OpenWithin = open

// Schema numbers, for tests that make files of other versions.
const ApplicationID = applicationID

// SchemaVersion is the newest version.
var SchemaVersion = len(migrations)
