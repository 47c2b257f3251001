package main

import "context"

// runner runs Terraform's commands: with the provider in this process, or with a real Terraform.
type runner interface {
	plan(context.Context, configuration) *outcome
	apply(context.Context, configuration) *outcome
	destroy(context.Context, configuration) *outcome
	// follow does what a message says, exactly.
	follow(context.Context, advice, *configuration)
	// ids are those in the state, case-folded and sorted.
	ids() []string
	// past are the commands so far.
	past() []*outcome
}

var (
	_ runner = (*terraform)(nil)
	_ runner = (*workspace)(nil)
)
