package vault_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// What somebody else made while our answers were lost is not ours, unless nothing tells it from what we asked for.
func TestLostCreateDoesNotAdoptWhatIsOtherwise(t *testing.T) {
	theirs := map[string]func(context.Context, *vault.Client) error{
		"vault": func(ctx context.Context, c *vault.Client) error {
			_, err := c.BeginCreate(ctx, id("newborn"), "eastus", settings)
			return err
		},
		"policy": func(ctx context.Context, c *vault.Client) error {
			other := daily
			other.Schedule.Time = "05:00"
			_, err := c.CreatePolicy(ctx, policyID("newborn"), other)
			return err
		},
		"protected VM": func(ctx context.Context, c *vault.Client) error {
			p := protection()
			p.PolicyID = policyID("EnhancedPolicy").String()
			_, err := c.Protect(ctx, itemID("web"), p, nil)
			return err
		},
	}
	for object, b := range births {
		t.Run(object, func(t *testing.T) {
			t.Parallel()
			d := newTroubled(t)
			create(t, d.undisturbed, "contoso")
			d.faults.Add(embedded.FaultRule{Kind: b.object, Method: http.MethodPut, Drop: true, Times: embedded.Always})
			made := false
			d.before = func(req *http.Request) {
				if made || req.Method != http.MethodPut {
					return
				}
				made = true
				if err := theirs[object](context.WithoutCancel(t.Context()), d.undisturbed); err != nil {
					t.Error(err)
				}
			}
			_, err := b.create(d.hurried(t), d.Client)
			var already *vault.AlreadyProtectedError
			if !errors.Is(err, vault.ErrExists) && !errors.Is(err, vault.ErrPolicyExists) && !errors.As(err, &already) {
				t.Errorf("%T %v", err, err)
			}
		})
	}
}

// An operation that failed is the service's own word, whatever the object looks like.
func TestAcceptedWriteFailsByTheOperationsWord(t *testing.T) {
	for _, status := range []string{"Failed", "Canceled"} {
		for object, b := range births {
			if object == "vault" {
				continue // its own state tells
			}
			t.Run(object+" "+status, func(t *testing.T) {
				t.Parallel()
				d := newTroubled(t)
				d.ready(t, b, "update")
				d.odd = func(req *http.Request, resp *http.Response) {
					if isOperation(req) {
						resp.StatusCode = http.StatusOK
						resp.Body = io.NopCloser(strings.NewReader(`{"status":"` + status + `","error":{"code":"UserErrorBroken","message":"It broke."}}`))
					}
				}
				if _, err := b.update(t.Context(), d.Client); !arm.HasCode(err, "UserErrorBroken") || vault.IsUnsure(err) {
					t.Errorf("%T %v", err, err)
				}
			})
		}
	}
}

// While an operation says that it is under way, an object that looks done is not; one bad answer changes nothing.
func TestOperationIsBelievedWhileItSpeaks(t *testing.T) {
	d := newTroubled(t)
	d.ready(t, births["policy"], "update")
	asked := 0
	d.odd = func(req *http.Request, resp *http.Response) {
		if !isOperation(req) {
			return
		}
		asked++
		answer := `{"status":"InProgress"}`
		switch {
		case asked%3 == 0:
			resp.StatusCode, answer = http.StatusNotFound, `{"error":{"code":"ResourceNotFound","message":"No."}}`
		case asked > 12:
			answer = `{"status":"Succeeded"}`
		}
		if resp.StatusCode < http.StatusBadRequest {
			resp.StatusCode = http.StatusOK
		}
		resp.Body = io.NopCloser(strings.NewReader(answer))
	}
	if _, err := births["policy"].update(t.Context(), d.Client); err != nil || asked < 13 {
		t.Errorf("after %d questions: %v", asked, err)
	}
}

// What was accepted and cannot be seen is not known to have failed.
func TestAcceptedAndNeverSeen(t *testing.T) {
	for object, b := range births {
		t.Run(object, func(t *testing.T) {
			t.Parallel()
			d := newTroubled(t)
			create(t, d.undisturbed, "contoso")
			d.odd = func(req *http.Request, resp *http.Response) {
				switch {
				case isWrite(req): // policies are answered at once
					resp.StatusCode, resp.Body = http.StatusAccepted, io.NopCloser(strings.NewReader(""))
				case strings.Contains(req.URL.Path, "/operationResults/"): // which has the object otherwise
					resp.StatusCode, resp.Body = http.StatusNoContent, io.NopCloser(strings.NewReader(""))
				}
			}
			d.faults.Add(embedded.FaultRule{Kind: b.object, Method: http.MethodGet, From: b.looksFirst + 1, Times: embedded.Always, Status: 404, Code: "ResourceNotFound"})
			armID, err := b.create(t.Context(), d.Client)
			var unseen *vault.UnseenError
			if armID == "" || !errors.As(err, &unseen) || !vault.IsUnsure(err) {
				t.Errorf("%q %T %v", armID, err, err)
			}
		})
	}
}

// While a write pauses between two tries it is not under way: when the context ends it ends, with the service's last word and
// the reason that it has ended for.
func TestWriteThatPausesEndsWithItsContext(t *testing.T) {
	for name, ended := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"interrupt": context.WithCancel,
		"deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return arm.WithLimit(ctx, 3*time.Second, "the test's")
		},
	} {
		for object, b := range births {
			t.Run(object+" "+name, func(t *testing.T) {
				t.Parallel()
				d := newTroubled(t)
				create(t, d.undisturbed, "contoso")
				d.faults.Add(embedded.FaultRule{Kind: b.object, Method: http.MethodPut, Status: 503, Message: "Away.", RetryAfter: 50 * time.Second, Times: embedded.Always})
				ctx, cancel := ended(t.Context())
				defer cancel()
				d.odd = func(req *http.Request, _ *http.Response) {
					if name == "interrupt" && req.Method == http.MethodPut {
						time.AfterFunc(60*time.Millisecond, cancel)
					}
				}
				_, err := b.create(ctx, d.Client)
				var timeout *arm.TimeoutError
				want := map[string]error{"interrupt": context.Canceled, "deadline": context.DeadlineExceeded}[name]
				if !errors.Is(err, want) || !errors.As(err, &timeout) || timeout.LastWord != "ServiceUnavailable: Away." {
					t.Errorf("%T %v", err, err)
				}
				if errors.Is(err, context.Canceled) && errors.Is(err, context.DeadlineExceeded) {
					t.Error("both reasons")
				}
			})
		}
	}
}

// Who waits for a list that others wait for, too, is told what the service said of it.
func TestListThatNobodyAnswersHasALastWord(t *testing.T) {
	d := newTroubled(t)
	d.faults.Add(embedded.FaultRule{Status: 503, Message: "Away.", RetryAfter: time.Minute, Times: embedded.Always})
	for name, read := range map[string]func(context.Context) error{
		"vaults": func(ctx context.Context) error {
			_, _, err := d.FindByName(ctx, subscription, "contoso")
			return err
		},
		"items": func(ctx context.Context) (err error) {
			for range 3 { // those after the first few are listed
				ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
				_, err = d.ProtectedVM(ctx, itemID("web"))
				cancel()
			}
			return err
		},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		err := read(ctx)
		cancel()
		if err == nil || !strings.Contains(err.Error(), "Away.") || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
