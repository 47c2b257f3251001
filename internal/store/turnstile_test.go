package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// With database/sql alone a writer among many waited 16 seconds for its turn, while others had hundreds.
func TestTurnsComeInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		turns := store.NewTurnstile(1)
		if err := turns.Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		gaveUp := make(chan error, 1)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { gaveUp <- turns.Pass(ctx) }()
		synctest.Wait()
		var order []int
		for i := range 20 {
			go func() {
				if err := turns.Pass(t.Context()); err != nil {
					t.Error(err)
					return
				}
				order = append(order, i)
				turns.Leave()
			}()
			synctest.Wait() // until it queues
		}
		cancel()
		if err := <-gaveUp; !errors.Is(err, context.Canceled) {
			t.Errorf("one that gave up got %v", err)
		}
		turns.Leave()
		synctest.Wait()
		if len(order) != 20 || !slices.IsSorted(order) {
			t.Errorf("the turns came in the order %v", order)
		}
	})
}
