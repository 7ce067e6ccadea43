package dev.exitflow.core.inference;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bounded queue of lanes that are served in turns, one element each: a lane with much in it holds up no other. First in, first out
 * within a lane. Safe for use by several threads.
 */
final class LaneQueue<T> {

    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notEmpty = lock.newCondition();
    private final Condition notFull = lock.newCondition();

    /** The lanes that are not empty. */
    private final Map<Integer, Lane<T>> lanes = new HashMap<>();

    /** The same, the next one first. */
    private final Deque<Lane<T>> turns = new ArrayDeque<>();

    private int size;

    private record Lane<T>(int number, Deque<T> elements) {}

    /** @param capacity of all lanes together, 1 or more */
    LaneQueue(int capacity) {
        this.capacity = capacity;
    }

    /** Adds an element, waiting while there is no room. */
    void put(int lane, T element) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (size == capacity) {
                notFull.await();
            }
            add(lane, element);
        } finally {
            lock.unlock();
        }
    }

    /** Adds an element if there is room; returns whether there was. */
    boolean offer(int lane, T element) {
        lock.lock();
        try {
            if (size == capacity) {
                return false;
            }
            add(lane, element);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The next element, waiting for one. */
    T take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (size == 0) {
                notEmpty.await();
            }
            return remove();
        } finally {
            lock.unlock();
        }
    }

    /** The next element; empty if there is none. */
    Optional<T> poll() {
        lock.lock();
        try {
            return size == 0 ? Optional.empty() : Optional.of(remove());
        } finally {
            lock.unlock();
        }
    }

    /** Moves up to {@code most} elements, in order, to the end of {@code target}, without waiting. */
    void drainTo(Collection<T> target, int most) {
        lock.lock();
        try {
            for (int taken = 0; taken < most && size > 0; taken++) {
                target.add(remove());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Elements in all lanes. */
    int size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    private void add(int number, T element) {
        Lane<T> lane = lanes.get(number);
        if (lane == null) {
            lane = new Lane<>(number, new ArrayDeque<>());
            lanes.put(number, lane);
            turns.addLast(lane);
        }
        lane.elements().addLast(element);
        size++;
        notEmpty.signal();
    }

    private T remove() {
        Lane<T> lane = turns.removeFirst();
        T element = lane.elements().removeFirst();
        if (lane.elements().isEmpty()) {
            lanes.remove(lane.number());
        } else {
            turns.addLast(lane);
        }
        size--;
        notFull.signal();
        return element;
    }
}
