"""The words of a notice in the languages that we know; others get English ones."""

from __future__ import annotations

from typing import NamedTuple


class Phrases(NamedTuple):
    """What a notice calls things."""

    title: str
    machine: str
    shown: str
    marked: str
    exposed: str
    disclosed: str
    editor: str
    contact: str
    missing: str


ENGLISH = Phrases(
    "Notice", "You are dealing with an AI system", "Where this notice is shown",
    "How generated content is marked", "Emotions and biometric data",
    "Generated or changed content", "Who is responsible for published texts", "Contact",
    "There is no text in this language yet",
)  # fmt: skip

PHRASES = {
    "en": ENGLISH,
    "de": Phrases(
        "Hinweis", "Sie haben es mit einem KI-System zu tun", "Wo dieser Hinweis steht",
        "Wie erzeugte Inhalte gekennzeichnet sind", "Emotionen und biometrische Daten",
        "Erzeugte oder veränderte Inhalte", "Wer veröffentlichte Texte verantwortet", "Kontakt",
        "In dieser Sprache gibt es noch keinen Text",
    ),
    "fr": Phrases(
        "Avis", "Vous avez affaire à un système d'IA", "Où figure cet avis",
        "Comment les contenus générés sont marqués", "Émotions et données biométriques",
        "Contenus générés ou modifiés", "Qui est responsable des textes publiés", "Contact",
        "Il n'y a pas encore de texte dans cette langue",
    ),
    "es": Phrases(
        "Aviso", "Está tratando con un sistema de IA", "Dónde figura este aviso",
        "Cómo se marcan los contenidos generados", "Emociones y datos biométricos",
        "Contenidos generados o modificados", "Quién responde de los textos publicados",
        "Contacto", "Todavía no hay texto en este idioma",
    ),
    "it": Phrases(
        "Avviso", "Sta interagendo con un sistema di IA", "Dove si trova questo avviso",
        "Come sono contrassegnati i contenuti generati", "Emozioni e dati biometrici",
        "Contenuti generati o modificati", "Chi è responsabile dei testi pubblicati", "Contatto",
        "Non c'è ancora un testo in questa lingua",
    ),
    "nl": Phrases(
        "Kennisgeving", "U heeft te maken met een AI-systeem", "Waar deze kennisgeving staat",
        "Hoe gegenereerde inhoud is gemarkeerd", "Emoties en biometrische gegevens",
        "Gegenereerde of gewijzigde inhoud", "Wie verantwoordelijk is voor gepubliceerde teksten",
        "Contact", "Er is nog geen tekst in deze taal",
    ),
    "pl": Phrases(
        "Informacja", "Mają Państwo do czynienia z systemem AI",
        "Gdzie znajduje się ta informacja", "Jak oznaczane są wygenerowane treści",
        "Emocje i dane biometryczne", "Treści wygenerowane lub zmienione",
        "Kto odpowiada za publikowane teksty", "Kontakt",
        "Nie ma jeszcze tekstu w tym języku",
    ),
}  # fmt: skip


def phrases(locale: str) -> tuple[Phrases, bool]:
    """The words for a locale such as `de` or `de-AT`, and whether they are in its language."""
    language = locale.replace("_", "-").partition("-")[0].lower()
    return PHRASES.get(language, ENGLISH), language in PHRASES
