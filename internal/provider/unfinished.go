package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// addUnfinished says that the service accepted a new object, and that nothing more was heard of it in time. It is a warning:
// with an error Terraform would taint the object, and replace one that is good, or, where backups cannot be deleted, be
// stuck with it for ever.
func addUnfinished(what, label string, err error, next string, diags *diag.Diagnostics) {
	summary := what + " is not finished"
	if errors.Is(err, context.Canceled) {
		summary = what + " interrupted"
	}
	advice := "The service has accepted it and goes on with it. It is in the state, and is not replaced. " + next
	if errors.Is(err, context.DeadlineExceeded) {
		advice += " A larger timeouts.create gives it more time."
	}
	diags.AddWarning(summary, tfvalue.Problem(label, err, advice))
}

// notKnown says what is known of a create that came to no end; empty when the service has answered it.
func notKnown(what string, err error) string {
	var unsure *vault.UnsureError
	switch {
	case !vault.IsUnsure(err):
		return ""
	case !errors.As(err, &unsure):
		return "The service was not asked for it yet: nothing was made."
	case unsure.Absent:
		return fmt.Sprintf("It is not known whether the service accepted %s. It was not there when it was looked for afterwards; if it turns up, the next plan says so and "+
			"how to go on.", what)
	}
	return fmt.Sprintf("It is not known whether the service accepted %s. If it did, the next plan says so and how to go on.", what)
}

// goesOn says what becomes of a request that nobody waits for any more; empty when the service has answered it.
func goesOn(err error, timeout string) string {
	const text = "What the service has accepted it goes on with. The next apply looks at what has come of it, and goes on from there."
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return text + " A larger " + timeout + " gives it more time."
	case vault.IsUnsure(err):
		return text
	}
	return ""
}
