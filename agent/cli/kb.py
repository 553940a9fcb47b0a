"""``textwise kb``: read knowledge in, look into it, judge it."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from agent.cli.console import ERRORS, OUT, errors_told, print_json
from agent.foundation import Foundation, lay_foundation
from agent.knowledge import COLLECTION, LiveKnowledge
from agent.settings import DEMO_KNOWLEDGE, load_settings
from agent.wiring.mind import chroma_url, live_knowledge
from intents.encoders.encoder import load_encoder
from intents.reading.readers import retrieval_encoder
from knowledge_base.documents import IngestReport
from knowledge_base.evaluation import Evaluation, evaluate, read_questions
from knowledge_base.evaluation_page import page
from knowledge_base.types import Audience, Product, SearchResult
from knowledge_base.vectors import StoredCollection, VectorStore

INGEST_THREADS = 2
"""Threads of the encoder; nobody waits for an answer meanwhile."""

BY = "command line"
"""How the console names who made an index here."""

app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def group() -> None:
    """The knowledge base."""


@app.command("ingest")
def ingest_command(
    path: Annotated[Path | None, typer.Argument(help="Folder; else TEXTWISE_KNOWLEDGE.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Read a folder of pages, FAQ files and products.csv, and make it live."""
    with errors_told():
        knowledge, foundation = _knowledge()
        folder = path or foundation.settings.knowledge or DEMO_KNOWLEDGE
        with ERRORS.status("Reading the knowledge folder") as status:
            report = knowledge.index(folder, status.update, by=BY)
        for broken in report.broken:
            ERRORS.print(f"left out: {broken}", highlight=False, markup=False)
        if as_json:
            print_json(asdict(report))
        else:
            OUT.print(_told(report), highlight=False)


@app.command("search")
def search_command(
    question: Annotated[str, typer.Argument(help="What a customer might ask.")],
    *,
    previous: Annotated[str, typer.Option(help="The question before it.")] = "",
    region: Annotated[str, typer.Option(help="The region of who asks.")] = "",
    tier: Annotated[str, typer.Option(help="The tier of who asks.")] = "",
    k: Annotated[int, typer.Option("--k", "-k", min=1, help="How many passages.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Show what is found for a question, and whether it answers it."""
    with errors_told():
        base = _knowledge()[0].base
        audience = Audience(region=region, tier=tier)
        result = base.search(question, k=k, previous=previous, audience=audience)
        if as_json:
            print_json(asdict(result))
        else:
            _print_result(result)


@app.command("list")
def list_command(*, as_json: AsJson = False) -> None:
    """List the indexes there are, newest first, and which one is live."""
    with errors_told():
        settings = load_settings()
        store = VectorStore.open(home=settings.home, chroma_url=chroma_url(settings))
        with lay_foundation(settings).database.read() as uow:
            live = uow.live.active(COLLECTION)
        collections = store.collections()
        if as_json:
            print_json([{**asdict(c), "live": c.name == live} for c in collections])
        else:
            _print_list(collections, live)


@app.command("versions")
def versions_command(*, as_json: AsJson = False) -> None:
    """List the indexes that can be gone back to, newest first."""
    with errors_told():
        knowledge, foundation = _knowledge()
        with foundation.database.read() as uow:
            live = uow.live.active(COLLECTION)
        there = knowledge.versions()
        if as_json:
            print_json([{**asdict(c), "live": c.name == live} for c in there])
        else:
            _print_list(there, live)


@app.command("rollback")
def rollback_command(
    version: Annotated[str | None, typer.Argument(help="An index; else the one before.")] = None,
) -> None:
    """Make an earlier index live again; a running service follows within seconds."""
    with errors_told():
        chosen = _knowledge()[0].roll_back(version, by=BY)
        OUT.print(
            f"{chosen.name}: live again, {chosen.passages} passages, {chosen.products} products. "
            "It stays until the files change or the next `textwise kb ingest`.",
            highlight=False,
        )


@app.command("evaluate")
def evaluate_command(
    questions: Annotated[Path, typer.Option(help="JSON Lines: question, source, heading, …")],
    *,
    threshold: Annotated[float, typer.Option(min=0, max=1, help="Answered from there on.")] = 0.5,
    html: Annotated[Path | None, typer.Option(help="Write a page with pictures here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Report recall, MRR, answer and refusal rates with pictures, and list the failures."""
    with errors_told():
        base = _knowledge()[0].base
        result = evaluate(base, read_questions(questions), threshold=threshold)
        if html is not None:
            html.write_text(page(result, title=questions.name, version=base.version), "utf-8")
            ERRORS.print(f"Written: {html}", highlight=False, markup=False)
        if as_json:
            print_json(asdict(result))
        else:
            _print_evaluation(result)


def _knowledge() -> tuple[LiveKnowledge, Foundation]:
    settings = load_settings()
    foundation = lay_foundation(settings)
    encoder = load_encoder(
        settings.models, retrieval_encoder(settings.encoder), threads=INGEST_THREADS
    )
    return live_knowledge(foundation, encoder), foundation


def _told(report: IngestReport) -> str:
    if report.unchanged:
        return f"{report.collection}: nothing has changed; it is live."
    return (
        f"{report.collection}: {report.passages} passages and {report.products} products from "
        f"{report.files} files in {report.took_s:.1f} s ({report.reused} embeddings taken over, "
        f"{len(report.broken)} inputs left out); it is live."
    )


def _print_result(result: SearchResult) -> None:
    OUT.print(f"answerability {result.answerability:.2f}, {result.took_ms:.1f} ms", highlight=False)
    table = Table("score", "cosine", "bm25", "source", "heading", "text")
    for hit in result.hits:
        passage = hit.passage
        table.add_row(
            f"{hit.score:.1f}", f"{hit.cosine:.2f}", f"{hit.bm25:.2f}", passage.source,
            passage.heading, passage.text,
        )  # fmt: skip
    OUT.print(table)
    for label, products in (
        ("", result.products),
        ("instead: ", result.alternatives),
        ("goes with it: ", result.companions),
    ):
        for product in products:
            OUT.print(f"{label}{_row(product)}", highlight=False, markup=False)


def _row(product: Product) -> str:
    stock = "sold out" if not product.available else f"{product.in_stock or 'in stock'}"
    price = "no price" if product.price is None else f"{product.price} {product.currency}"
    return f"{product.sku}  {product.name}  {price}  {stock}"


def _print_list(collections: list[StoredCollection], live: str | None) -> None:
    table = Table("index", "made", "passages", "products", "live")
    for collection in collections:
        made = datetime.fromtimestamp(collection.created, UTC).strftime("%Y-%m-%d %H:%M UTC")
        table.add_row(
            collection.name, made, str(collection.passages), str(collection.products),
            "yes" if collection.name == live else "",
        )  # fmt: skip
    OUT.print(table)


def _print_evaluation(result: Evaluation) -> None:
    table = Table("figure", "value")
    figures = {
        name: value for name, value in asdict(result).items() if name not in {"failures", "judged"}
    }
    for name, value in figures.items():
        table.add_row(name, f"{value:.3f}" if isinstance(value, float) else str(value))
    OUT.print(table)
    for judged in result.failures:
        wanted = "answerable" if judged.question.answerable else "not answerable"
        OUT.print(
            f"{wanted}, rank {judged.rank}, {judged.answerability:.2f}: "
            f"{judged.question.question!r} found {judged.top_heading!r}",
            highlight=False, markup=False,
        )  # fmt: skip
