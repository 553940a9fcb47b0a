"""A plain pipeline beside ours: Chroma, the best four passages in a prompt, the reply as it comes.

    make llm                                   # in another terminal
    python -m benchmarks.plain_rag [--questions 60] [--base-url URL] [--model NAME] [--show]

The same questions, the same passages and rows, the same encoder and the same language model as in
``benchmarks.llm``; what differs is all that stands around it. A reply is right where it holds each
fact and nothing that would make it wrong, and a refusal is whatever says that it does not know.
"""

import re
import time
from dataclasses import dataclass
from typing import Any

import chromadb
import numpy as np
from openai import OpenAI, OpenAIError

from agent.logs import configure_logs
from agent.replies.evidence import from_passage, from_product
from agent.wiring.mind import Mind
from benchmarks.answers import is_right
from benchmarks.llm import BRANDS, arguments_of, ask, mind_of, sample, seconds

PASSAGES = 4
MOST_TOKENS = 120
PROMPT = """\
You are a helpful assistant for a shop. Answer the question using only the context below, in one or
two sentences. If the context does not hold the answer, say that you don't know.

Context:
{context}

Question: {question}"""
REFUSAL = re.compile(
    r"\b(?:don't|do not|does not|doesn't) (?:know|have|say|mention|provide|specify)|"
    r"\bnot (?:sure|specified|mentioned|provided|stated)|\bno information|\bunable to",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A reply to a question: what was said, whether it answers, and the seconds it took."""

    question: dict[str, Any]
    text: str
    answered: bool
    took_s: float

    @property
    def right(self) -> bool:
        """Whether the reply is right."""
        return is_right(self.question, self.text, answered=self.answered)


class PlainRag:
    """The whole pipeline: embed, look up, ask."""

    def __init__(self, mind: Mind, client: OpenAI, model: str) -> None:
        if mind.knowledge is None:
            raise ValueError("there is no knowledge to answer from")
        base = mind.knowledge.base
        items = [from_passage(p) for p in base.passages] + [
            from_product(p) for p in base.catalogue.products
        ]
        texts = [f"{item.heading}: {item.text}" for item in items]
        self._encoder, self._client, self._model = mind.encoder, client, model
        chroma = chromadb.EphemeralClient(chromadb.Settings(anonymized_telemetry=False))
        self._collection = chroma.create_collection(f"plain_{base.version}")
        vectors = np.asarray(self._encoder.encode(texts), np.float32)
        self._collection.add(
            ids=[str(number) for number in range(len(texts))], documents=texts, embeddings=vectors
        )

    def say(self, question: str) -> str:
        """Answer in the model's own words; empty where the endpoint fails."""
        vector = np.asarray(self._encoder.encode([question]), np.float32)
        found = self._collection.query(query_embeddings=vector, n_results=PASSAGES)
        context = "\n\n".join((found["documents"] or [[]])[0])
        prompt = PROMPT.format(context=context, question=question)
        try:
            reply = self._client.chat.completions.create(
                model=self._model,
                messages=[{"role": "user", "content": prompt}],
                max_tokens=MOST_TOKENS,
                temperature=0,
            )
        except OpenAIError as error:
            print(f"(the endpoint failed: {type(error).__name__})")
            return ""
        return reply.choices[0].message.content or ""


def main() -> None:
    arguments = arguments_of(__doc__)
    configure_logs("CRITICAL")
    client = OpenAI(
        base_url=arguments.base_url, api_key="none", timeout=arguments.timeout, max_retries=0
    )
    plain: list[Said] = []
    ours: list[Said] = []
    endpoint = {
        "llm_base_url": arguments.base_url,
        "llm_model": arguments.model,
        "llm_timeout_s": arguments.timeout,
    }
    for brand in BRANDS:
        with mind_of(brand, endpoint) as mind:
            pipeline = PlainRag(mind, client, arguments.model)
            for question in sample(brand, arguments.questions // len(BRANDS)):
                plain.append(_plainly(pipeline, question))
                asked = ask(mind, question)
                answer = asked.answer
                ours.append(
                    Said(
                        question=question,
                        text=answer.text,
                        answered=answer.answered,
                        took_s=asked.took_s,
                    )
                )
    print("| | plain Chroma and prompt | ours, same model |\n|---|---|---|")
    for name, plainly, other in zip(*_columns(plain, ours), strict=True):
        print(f"| {name} | {plainly} | {other} |")
    if arguments.show:
        for said, own in zip(plain, ours, strict=True):
            print(f"\n{said.question['text']}\n  plain {said.text!r}\n  ours  {own.text!r}")


def _plainly(pipeline: PlainRag, question: dict[str, Any]) -> Said:
    began = time.perf_counter()
    text = pipeline.say(question["text"])
    took_s = time.perf_counter() - began
    answered = bool(text) and REFUSAL.search(text) is None
    return Said(question=question, text=text, answered=answered, took_s=took_s)


def _columns(plain: list[Said], ours: list[Said]) -> tuple[list[str], list[str], list[str]]:
    names = ["answerable, right", "answerable, wrong", "answerable, refused"]
    names += ["unanswerable, refused", "unanswerable, answered all the same", "p50 / p99"]
    return names, _column(plain), _column(ours)


def _column(said: list[Said]) -> list[str]:
    answerable = [s for s in said if s.question["answerable"]]
    others = [s for s in said if not s.question["answerable"]]
    return [
        f"{sum(s.right for s in answerable)} of {len(answerable)}",
        f"{sum(s.answered and not s.right for s in answerable)} of {len(answerable)}",
        f"{sum(not s.answered for s in answerable)} of {len(answerable)}",
        f"{sum(not s.answered for s in others)} of {len(others)}",
        f"{sum(s.answered for s in others)} of {len(others)}",
        seconds([s.took_s for s in said]),
    ]


if __name__ == "__main__":
    main()
