// Closed-loop clients in the leader's process, and what they measure.
package main

import (
	"fmt"
	"math/rand"
	"sort"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/raft"
)

type client struct {
	lock      sync.Mutex
	latencies []time.Duration
}

func (c *client) note(latency time.Duration) {
	c.lock.Lock()
	c.latencies = append(c.latencies, latency)
	c.lock.Unlock()
}

func (c *client) take() []time.Duration {
	c.lock.Lock()
	defer c.lock.Unlock()
	taken := c.latencies
	c.latencies = nil
	return taken
}

type load struct {
	raft    *raft.Raft
	lock    sync.Mutex
	clients []*client
	since   time.Time
	cpu     time.Duration // that had been used then
}

// run keeps `count` clients busy, each with one command of `size` bytes at a time, then says their figures.
func (l *load) run(count, size int, seconds string) error {
	wanted, err := strconv.ParseFloat(seconds, 64)
	if err != nil {
		return err
	}
	end := time.Now().Add(time.Duration(wanted * float64(time.Second)))
	clients := make([]*client, count)
	for i := range clients {
		clients[i] = &client{}
	}
	l.lock.Lock()
	l.clients, l.since, l.cpu = clients, time.Now(), cpuUsed()
	l.lock.Unlock()
	errors := make(chan error, count)
	for _, c := range clients {
		go func(c *client) {
			var err error
			for begin := time.Now(); err == nil && begin.Before(end); {
				command := make([]byte, size)
				command[0] = counting
				err = l.raft.Apply(command, patience).Error()
				now := time.Now()
				c.note(now.Sub(begin))
				begin = now
			}
			errors <- err
		}(c)
	}
	for range clients {
		if failed := <-errors; failed != nil {
			err = failed
		}
	}
	if err == nil {
		say("done %s", l.figures())
	}
	return err
}

// mark says the figures since the last mark, or since the clients began.
func (l *load) mark() {
	say("marked %s", l.figures())
}

func (l *load) figures() string {
	l.lock.Lock()
	defer l.lock.Unlock()
	var all []time.Duration
	for _, c := range l.clients {
		all = append(all, c.take()...)
	}
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	now, cpu := time.Now(), cpuUsed()
	text := fmt.Sprintf("ops=%d seconds=%.6f cpu_us=%d", len(all), now.Sub(l.since).Seconds(), (cpu - l.cpu).Microseconds())
	l.since, l.cpu = now, cpu
	at := func(share float64) float64 {
		if len(all) == 0 {
			return 0
		}
		return float64(all[int(share*float64(len(all)-1))].Nanoseconds()) / 1e3
	}
	return text + fmt.Sprintf(" p50_us=%.1f p90_us=%.1f p99_us=%.1f p999_us=%.1f max_us=%.1f", at(0.5), at(0.9), at(0.99),
		at(0.999), at(1))
}

// fill adds megabytes that cannot be compressed, four commands at a time.
func (l *load) fill(megabytes int) error {
	var wait sync.WaitGroup
	var failed error
	var lock sync.Mutex
	slots := make(chan bool, 4)
	for i := 0; i < megabytes; i++ {
		command := make([]byte, 1+pieceSize)
		rand.New(rand.NewSource(int64(i))).Read(command)
		command[0] = filling
		slots <- true
		wait.Add(1)
		go func() {
			if err := l.raft.Apply(command, patience).Error(); err != nil {
				lock.Lock()
				failed = err
				lock.Unlock()
			}
			<-slots
			wait.Done()
		}()
	}
	wait.Wait()
	return failed
}

func cpuUsed() time.Duration {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
