// Package catalog states, once, the facts about Azure and its backup vaults that do not depend on who asks: the
// clouds, their regions and region pairs, what names and tags may be, what a vault may become and a policy may say, and
// the API versions in use. The Terraform validators and the embedded backup service both ask here, so a configuration that validates is
// a configuration that the service accepts.
//
// Everything is pure: no I/O, no settings, no state. Functions named Check return nil when the value obeys the rule,
// and otherwise an error whose text is whole sentences, ready to be shown to a user without more wrapping. The errors
// carry no types; a caller that must tell cases apart asks a narrower Check. All functions may be called from several
// goroutines at once.
//
// The package imports the standard library and nothing else.
package catalog
