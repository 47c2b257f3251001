package vault

import (
	"context"
	"errors"
	"iter"
	"testing"
	"testing/synctest"
	"time"
)

// Somebody else may have made a child that an old list lacks, and the write that follows the look would change it.
func TestListOfSomeTimeAgoDoesNotSayThatAChildIsMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lists := 0
		b := &batch[string]{
			read: func(context.Context, string) (string, error) { return "", errors.New("read alone") },
			list: func(context.Context, string) iter.Seq2[string, error] {
				lists++
				return func(yield func(string, error) bool) { yield("other", nil) }
			},
			id: func(child string) string { return child },
		}
		for _, step := range []struct {
			pass  time.Duration
			lists int
		}{{0, 1}, {lookAge, 1}, {time.Second, 2}} {
			time.Sleep(step.pass) // of the bubble's clock
			if _, err := b.get(t.Context(), "parent", "child", want{listed: true}); !errors.Is(err, errUnlisted) || lists != step.lists {
				t.Errorf("after %s more: %v, %d lists", step.pass, err, lists)
			}
		}
	})
}
