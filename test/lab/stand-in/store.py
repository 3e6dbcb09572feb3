"""The document that the servers of a cluster share: what a majority of its voters has accepted is what holds.

A change is one round: a majority promises to take nothing older and says what it has accepted so far; the
newest of that is changed; a majority accepts the outcome. Ballots are [number, member], so that no two rounds
are equal.
"""

import json
import queue
import random
import threading
import time

from about import log, read, write

TIMED_OUT = 'etcdserver: request timed out'
ROUND_SECONDS = 1.5
PATIENCE_SECONDS = 3
NEVER = [0, '']


class Unavailable(Exception):
    """No majority answered in time."""


class Overtaken(Exception):
    """Another round has begun meanwhile."""


class Store:
    def __init__(self, path, member, ask):
        """`ask(address, verb, body)` puts a question to the store of another server."""
        self.path, self.member, self.ask = path, member, ask
        self.lock = threading.RLock()
        self.turn = threading.Lock()
        self.complaints = {}
        kept = json.loads(read(path, default='{}'))
        self.promised = kept.get('promised', NEVER)
        self.ballot = kept.get('ballot', NEVER)
        self.document = kept.get('document')

    def _keep(self):
        write(
            self.path,
            json.dumps({'promised': self.promised, 'ballot': self.ballot, 'document': self.document}),
        )

    def start_with(self, document, ballot):
        with self.lock:
            self.document, self.ballot, self.promised = document, ballot, ballot
            self._keep()

    def seen(self):
        with self.lock:
            return {'ballot': self.ballot, 'document': self.document}

    def answer(self, verb, body):
        """What this server says to a round of another one, or of its own."""
        with self.lock:
            if verb == 'promise':
                if body['ballot'] <= self.promised:
                    return {'refused': self.promised}
                self.promised = body['ballot']
                self._keep()
                return self.seen()
            if verb == 'accept':
                if body['ballot'] < self.promised:
                    return {'refused': self.promised}
                self._take(body['ballot'], body['document'])
            return self.seen()

    def _take(self, ballot, document):
        if ballot > self.ballot:
            self.promised = max(self.promised, ballot)
            self.ballot, self.document = ballot, document
            self._keep()

    def change(self, mutate):
        """Applies `mutate` to the newest document, and returns what that returns once a majority has it."""
        with self.turn:
            return self._patiently(lambda: self._round(mutate))

    def read(self):
        """The newest document that a majority has accepted; what nobody finished is finished first."""
        agreed = self._patiently(self._agreed)
        return self.change(lambda document: document) if agreed is None else agreed

    def _patiently(self, work):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return work()
            except (Overtaken, Unavailable) as error:
                if time.monotonic() > deadline:
                    raise Unavailable(TIMED_OUT) from error
                time.sleep(random.uniform(0.01, 0.15))

    def _agreed(self):
        with self.lock:
            members = self.document['members']
        answers = self._gather(members, 'seen', {})
        newest = max(answers, key=lambda answer: answer['ballot'])
        with self.lock:
            if newest['ballot'] >= self.promised:
                self._take(newest['ballot'], newest['document'])
        equal = [answer for answer in answers if answer['ballot'] == newest['ballot']]
        is_agreed = newest['document']['members'] == members and len(equal) >= majority(members)
        return newest['document'] if is_agreed else None

    def _round(self, mutate, members=None):
        with self.lock:
            ballot = [self.promised[0] + 1, self.member]
            members = members or self.document['members']
        promises = self._gather(members, 'promise', {'ballot': ballot})
        newest = max(promises, key=lambda answer: answer['ballot'])
        if newest['document']['members'] != members:
            return self._round(mutate, newest['document']['members'])
        document = json.loads(json.dumps(newest['document']))
        result = mutate(document)
        self._gather(members, 'accept', {'ballot': ballot, 'document': document}, also=document['members'])
        return result

    def _gather(self, members, verb, body, also=()):
        """The answers of a majority of the voters; learners, and who is just coming, are told as well."""
        answers = queue.Queue()
        everybody = {**members, **dict(also)}
        for name, member in everybody.items():
            if name == self.member:
                answers.put((name, self.answer(verb, body)))
            else:
                work = (answers, name, member['address'], verb, body)
                threading.Thread(target=self._put, args=work, daemon=True).start()
        deadline = time.monotonic() + ROUND_SECONDS
        given = []
        for _ in everybody:
            try:
                name, answer = answers.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                break
            if answer is None or not members.get(name, {}).get('voter'):
                continue
            if 'refused' in answer:
                with self.lock:
                    self.promised = max(self.promised, answer['refused'])
                raise Overtaken
            given.append(answer)
            if len(given) >= majority(members):
                return given
        raise Unavailable(TIMED_OUT)

    def _put(self, answers, name, address, verb, body):
        try:
            answers.put((name, self.ask(address, verb, body)))
            self.complaints.pop(name, None)
        except Exception as error:  # Whatever keeps a server from answering, it did not answer.
            if str(error) != self.complaints.get(name):
                log(f'etcd member {name}: {error}', 'warning')
            self.complaints[name] = str(error)
            answers.put((name, None))


def majority(members):
    return sum(1 for member in members.values() if member['voter']) // 2 + 1
