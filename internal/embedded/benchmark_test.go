package embedded_test

import (
	"fmt"
	"net/http"
	"testing"
)

func BenchmarkCreate(b *testing.B) {
	s := start(b)
	for i := 0; b.Loop(); i++ {
		s.put(vaultPath("g", fmt.Sprintf("vault-%d", i)), minimal).want(http.StatusCreated)
	}
}

func BenchmarkReplace(b *testing.B) {
	s := start(b)
	for b.Loop() {
		s.put(vaultPath("g", "vault"), minimal)
	}
}

func BenchmarkGet(b *testing.B) {
	s := start(b)
	s.put(vaultPath("g", "vault"), minimal)
	for b.Loop() {
		s.get(vaultPath("g", "vault")).want(http.StatusOK)
	}
}

func BenchmarkGetParallel(b *testing.B) {
	s := start(b)
	s.put(vaultPath("g", "vault"), minimal)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			s.get(vaultPath("g", "vault"))
		}
	})
}

func BenchmarkList1000(b *testing.B) {
	s := start(b)
	for i := range 1000 {
		s.put(vaultPath("g", fmt.Sprintf("vault-%d", i)), minimal)
	}
	for b.Loop() {
		if names, _ := s.follow(allVaults); len(names) != 1000 {
			b.Fatal(len(names))
		}
	}
}
