package vault

import (
	"context"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

// busyCodes are those of a write that another operation is in the way of, which ends by itself: one on the item or the policy,
// such as a backup, or one on the vault, which its own creation and each change of it keep busy for about a minute.
var busyCodes = []string{
	"BMSUserErrorObjectLocked", "BMSUserErrorConflictingProtectionOperation", "UserErrorConflictingProtectionOperation",
	"RSVaultUpdateErrorConflictingOperationInProgress",
}

// beginWhenFree begins a write as soon as no other operation is in the way: it asks again while the service says that one is.
func (c *Client) beginWhenFree(ctx context.Context, request arm.Request) (op *arm.Operation, err error) {
	busy := false
	waited := c.arm.Wait(ctx, func(ctx context.Context) (arm.Look, error) {
		op, err = c.arm.Begin(ctx, request)
		switch {
		case arm.HasCode(err, busyCodes...):
			busy = true
			return arm.Look{Status: err.Error()}, nil
		case busy && err != nil && ctx.Err() != nil:
			return arm.Look{}, err // the last word is what the service was busy with
		}
		return arm.Look{Done: true}, nil
	})
	if waited != nil {
		return nil, waited
	}
	return op, err
}
