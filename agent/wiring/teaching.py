"""What learns from live traffic, and what a lead tends the knowledge with, put together."""

from agent.foundation import Foundation
from agent.knowledge_desk import KnowledgeDesk
from agent.learning.jobs import JobRunner
from agent.learning.model_views import Serving
from agent.learning.parts import Ground, Learning, make_learning
from agent.wiring.mind import Mind, live_knowledge
from agent.wiring.models import model_registry


def learning(foundation: Foundation, mind: Mind) -> Learning:
    """Put together what learns from live traffic."""
    models, understander = mind.models, mind.understander

    def serving() -> Serving:
        refused = None if models is None else models.refused
        return Serving(version=understander.version, refused=refused)

    return make_learning(
        Ground(
            settings=foundation.settings,
            database=foundation.database,
            clock=foundation.clock,
            zone=foundation.brand.zone,
            registry=model_registry(foundation),
            encoder=mind.encoder,
            load=mind.load,
            follow=_nothing if models is None else models.follow,
            serving=serving,
            product_names=() if models is None else models.product_names,
        )
    )


def knowledge_desk(foundation: Foundation, mind: Mind, taught: Learning) -> KnowledgeDesk:
    """Put together what a lead tends the knowledge with."""
    return KnowledgeDesk(
        database=foundation.database,
        knowledge=mind.knowledge or live_knowledge(foundation, mind.encoder),
        questions=taught.questions,
        answers=mind.answerer,
        understander=mind.understander,
        ids=foundation.ids,
        jobs=JobRunner(foundation.database),
    )


def _nothing() -> None:
    """Follow nothing: what understands is given."""
