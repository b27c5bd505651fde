// What is replicated: a counter of commands and the bytes of those that fill it.
package main

import (
	"encoding/binary"
	"io"
	"sync"

	"github.com/hashicorp/raft"
)

// The first byte of a command.
const (
	counting = 'n'
	filling  = 'f'
)

const pieceSize = 1 << 20

type stateMachine struct {
	lock    sync.Mutex
	changed *sync.Cond
	count   uint64
	pieces  [][]byte // never changed once they are here, so that a snapshot shares them
	bytes   uint64
}

func newStateMachine() *stateMachine {
	machine := &stateMachine{}
	machine.changed = sync.NewCond(&machine.lock)
	return machine
}

func (s *stateMachine) Apply(entry *raft.Log) interface{} {
	s.lock.Lock()
	defer s.lock.Unlock()
	if entry.Data[0] == filling {
		s.pieces = append(s.pieces, entry.Data[1:])
		s.bytes += uint64(len(entry.Data) - 1)
	} else {
		s.count++
	}
	s.changed.Broadcast()
	return s.count
}

func (s *stateMachine) size() (uint64, uint64) {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.bytes, s.count
}

// await returns when the state has at least this much.
func (s *stateMachine) await(bytes, count uint64) {
	s.lock.Lock()
	defer s.lock.Unlock()
	for s.bytes < bytes || s.count < count {
		s.changed.Wait()
	}
}

func (s *stateMachine) Snapshot() (raft.FSMSnapshot, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	return &view{s.count, s.pieces[:len(s.pieces):len(s.pieces)]}, nil
}

func (s *stateMachine) Restore(from io.ReadCloser) error {
	defer from.Close()
	var count uint64
	if err := binary.Read(from, binary.LittleEndian, &count); err != nil {
		return err
	}
	var pieces [][]byte
	var bytes uint64
	for {
		piece := make([]byte, pieceSize)
		size, err := io.ReadFull(from, piece)
		if size > 0 {
			pieces = append(pieces, piece[:size])
			bytes += uint64(size)
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		}
		if err != nil {
			return err
		}
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	s.count, s.pieces, s.bytes = count, pieces, bytes
	s.changed.Broadcast()
	return nil
}

type view struct {
	count  uint64
	pieces [][]byte
}

func (v *view) Persist(sink raft.SnapshotSink) error {
	if err := v.write(sink); err != nil {
		sink.Cancel()
		return err
	}
	return sink.Close()
}

func (v *view) write(sink io.Writer) error {
	if err := binary.Write(sink, binary.LittleEndian, v.count); err != nil {
		return err
	}
	for _, piece := range v.pieces {
		if _, err := sink.Write(piece); err != nil {
			return err
		}
	}
	return nil
}

func (v *view) Release() {}
