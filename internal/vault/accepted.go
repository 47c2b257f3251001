package vault

import (
	"context"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

// accepted is a write that the service has accepted. What becomes of it the operation tells, and in the end the object
// itself: whatever the operation answers, only its own word that it failed, or the object's, is a failure.
type accepted[T any] struct {
	// op is nil when only the object tells.
	op *arm.Operation
	// result, when not nil, reads what the operation says it leaves behind, which a service that is done at once has at once.
	result func(context.Context) (T, arm.Look, error)
	look   func(context.Context) (T, time.Duration, error)
	// stands tells how the object stands.
	stands func(T) standing
	// progress, when not nil, is told each status of the operation.
	progress func(status string)
}

// standing is how an object stands after a write.
type standing struct {
	status  string // the service's word
	working bool   // the service is still at it
	failed  bool   // the service gave up on it
	shows   bool   // it is what was asked for
}

const (
	// patience is how many looks in a row may find no object, or none that can be read: what was accepted just now may not be
	// found for a moment, since ARM's replicas take time to agree.
	patience = 10
	// silence is how often in a row an operation may say nothing before an object that is as asked is taken for its end.
	silence = 3
)

// follow waits for the end of an accepted write, and returns the object as the service then describes it; after an error,
// as it was seen last, zero when it was not. A failed operation is an *arm.Error, a context that ends first an
// *arm.TimeoutError, and an *UnseenError says that the object could not be seen.
func follow[T any](ctx context.Context, c *Client, w accepted[T]) (T, error) {
	var last T
	unheard, unseen := 0, 0
	ended := w.op == nil || w.op.Finished
	first := !ended && w.result != nil && w.op.HasResult()
	err := c.arm.Wait(ctx, func(ctx context.Context) (arm.Look, error) {
		if first {
			first = false
			v, look, err := w.result(ctx)
			if s := w.stands(v); err == nil && look.Done && s.shows && !s.working {
				last = v
				return arm.Look{Done: true}, nil
			}
			if err == nil && !look.Done {
				report(w.progress, look.Status)
				return look, nil
			}
		}
		asks, said := !ended && w.op.CanBeAsked(), ""
		if asks {
			look, failure, err := w.op.Ask(ctx)
			switch {
			case failure != nil:
				return arm.Look{}, failure
			case err != nil:
				said = err.Error()
			default:
				unheard, unseen, ended = 0, 0, look.Done
				report(w.progress, look.Status)
				if !ended {
					return look, nil
				}
			}
		}
		v, hint, err := w.look(ctx)
		if err != nil {
			if unseen++; unseen == patience {
				err = &UnseenError{Err: err}
			}
			if unseen == patience || ctx.Err() != nil {
				return arm.Look{}, err
			}
			return arm.Look{Status: err.Error()}, nil
		}
		last, unseen = v, 0
		if !ended {
			unheard++
		}
		s := w.stands(v)
		sure := ended || s.failed || s.shows && (!asks || unheard >= silence)
		if said == "" {
			said = s.status
		}
		return arm.Look{Done: sure && !s.working, Status: said, RetryAfter: hint}, nil
	})
	return last, err
}

func report[S ~string](progress func(S), status S) {
	if progress != nil {
		progress(status)
	}
}
