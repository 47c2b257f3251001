package tfvalue

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

func TestProblem(t *testing.T) {
	refusal := &arm.Error{StatusCode: 409, Code: "Conflict", Message: "It is busy", RequestID: "r1"}
	tests := map[string]struct {
		err    error
		advice string
		want   string
	}{
		"refusal":         {refusal, "Wait a bit.", "Vault \"x\": the service refused.\n\nConflict: It is busy.\n\nWait a bit.\n\nRequest id: r1"},
		"wrapped refusal": {fmt.Errorf("a: %w", refusal), "", "Vault \"x\": the service refused.\n\nConflict: It is busy.\n\nRequest id: r1"},
		"garbled": {
			&arm.Error{StatusCode: 200, Message: "the answer to GET /x is not the JSON expected: it is empty", Garbled: true}, "",
			"Vault \"x\": the answer cannot be understood.\n\nThe answer to GET /x is not the JSON expected: it is empty. Something between this machine and the " +
				"service may have put its own answer in place of the service's, such as a proxy, or cut it.",
		},
		"timeout": {
			&arm.TimeoutError{LastWord: "Creating", Err: &arm.Limit{Text: `timeouts.create = "2s"`}}, "",
			`Vault "x": the time ran out (timeouts.create = "2s"). The last thing the service said was: Creating.`,
		},
		"a time without a name": {
			&arm.TimeoutError{LastWord: "Creating", Err: context.DeadlineExceeded}, "",
			`Vault "x": the time ran out. The last thing the service said was: Creating.`,
		},
		"time that ran out at once":  {&arm.Limit{Text: "timeouts.read, 5m by default"}, "", `Vault "x": the time ran out (timeouts.read, 5m by default).`},
		"a dial that took too long":  {&arm.ConnectionError{Host: "h", Err: context.DeadlineExceeded}, "", `Vault "x": no answer from h: context deadline exceeded.`},
		"lost, and the time ran out": {&vault.UnsureError{Err: &arm.TimeoutError{Err: &arm.Limit{Text: "t"}}}, "", `Vault "x": the time ran out (t).`},
		"accepted and not seen": {
			&vault.UnseenError{Err: &arm.Error{StatusCode: 404, Code: "ResourceNotFound", Message: "There is none"}}, "",
			`Vault "x": the service accepted it, and it could not be seen since; the last look ended in: ResourceNotFound: There is none.`,
		},
		"interrupt": {
			&arm.TimeoutError{LastWord: "Creating", Err: context.Canceled}, "",
			`Vault "x": interrupted. The last thing the service said was: Creating.`,
		},
		"interrupt before the service said anything": {context.Canceled, "", `Vault "x": interrupted.`},
		"failed": {
			&vault.FailedError{Name: "x", Reason: refusal}, "",
			"Vault \"x\" ended in the state Failed: Conflict: It is busy.\n\nRequest id: r1",
		},
		"failed without a reason": {&vault.FailedError{Name: "x"}, "", `Vault "x" ended in the state Failed, for which the service gave no reason.`},
		"anything else":           {errors.New("connection reset"), "", `Vault "x": connection reset.`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Problem(`vault "x"`, test.err, test.advice); got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}
