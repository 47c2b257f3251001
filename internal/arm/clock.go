package arm

import (
	"net/http"
	"sync/atomic"
	"time"
)

// clock tells what time it is for the service. It differs from ours when a machine's clock is wrong, and when the embedded
// service's has been moved.
type clock struct{ ahead atomic.Int64 }

// smallestDifference is what the clocks have to differ by to be told apart: a Date header has whole seconds, and an answer
// takes some time.
const smallestDifference = 5 * time.Second

// set takes over the Date header of an answer that has just come; one that is missing or malformed changes nothing.
func (c *clock) set(date string) {
	at, err := http.ParseTime(date)
	if err != nil {
		return
	}
	ahead := time.Until(at)
	if ahead.Abs() < smallestDifference {
		ahead = 0
	}
	c.ahead.Store(int64(ahead))
}

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }
