package vault

import (
	"context"
	"sync"
)

// memo remembers answers that do not change while the provider runs. Each question is asked by one caller at a time;
// those who wait find the answer. A failure is not remembered.
type memo[T any] struct {
	mu      sync.Mutex
	entries map[string]*memoEntry[T]
}

type memoEntry[T any] struct {
	mu     sync.Mutex
	known  bool
	answer T
}

func (m *memo[T]) get(ctx context.Context, key string, ask func(context.Context) (T, error)) (T, error) {
	m.mu.Lock()
	if m.entries == nil {
		m.entries = map[string]*memoEntry[T]{}
	}
	entry := m.entries[key]
	if entry == nil {
		entry = &memoEntry[T]{}
		m.entries[key] = entry
	}
	m.mu.Unlock()

	entry.mu.Lock()
	defer entry.mu.Unlock()
	if entry.known {
		return entry.answer, nil
	}
	answer, err := ask(ctx)
	if err == nil {
		entry.answer, entry.known = answer, true
	}
	return answer, err
}

// forget makes the next caller ask again.
func (m *memo[T]) forget(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.entries, key)
}
