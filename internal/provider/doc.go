// Package provider is everything that Terraform sees: schemas, models, plan-time rules and diagnostics. It holds no
// JSON and no URLs; package vault makes the calls. Only configure.go knows which service answers.
package provider
